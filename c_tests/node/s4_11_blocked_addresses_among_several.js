'use strict';
const net = require('net');
const { watchSocket, trace, hide } = require('./lib');

const EVENTS = 'lookup connectionAttempt connectionAttemptFailed connect ready error close';
const blockList = new net.BlockList();
blockList.addRange('127.0.0.2', '127.0.0.3');
blockList.addAddress('::1', 'ipv6');

const server = net.createServer((socket) => socket.end().resume());
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  hide(port, 'PORT');
  const begin = (name, texts, then) => {
    const addresses = texts.map((address) => ({ address, family: net.isIP(address) }));
    const client = watchSocket(new net.Socket({ blockList }), name, EVENTS);
    client.on('close', () => {
      trace(`${name} attempted ${client.autoSelectFamilyAttemptedAddresses}`);
      then();
    });
    client.connect({ port, host: 'name', lookup: (host, options, answer) => process.nextTick(answer, null, addresses) });
    client.resume();
  };
  begin('one is left', ['127.0.0.2', '::1', '127.0.0.1'], () => {
    begin('none is left', ['127.0.0.2', '::1', '127.0.0.3'], () => server.close());
  });
});
