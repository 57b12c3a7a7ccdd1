'use strict';
const net = require('net');
const { watchSocket, atExit, trace } = require('./lib');

const blockList = new net.BlockList();
blockList.addAddress('127.0.0.1');
blockList.addSubnet('::', 127, 'ipv6');

const hosts = ['127.0.0.1', '::1', 'name', 'localhost'];
function next() {
  if (hosts.length === 0) return;
  const host = hosts.shift();
  const client = watchSocket(new net.Socket({ blockList }), host,
    'lookup connectionAttempt connectionAttemptFailed connect error close');
  client.on('close', next);
  const lookup = (name, options, answer) => process.nextTick(answer, null, '127.0.0.1', 4);
  client.connect(host === 'name' ? { port: 9, host, family: 4, lookup } : { port: 9, host, family: host === 'localhost' ? 4 : 0 });
  client.write('x', (error) => trace(`${host} write ${error.code}`));
  trace(`${host} connecting=${client.connecting}`);
}
next();
