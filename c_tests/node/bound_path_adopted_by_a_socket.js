'use strict';
const fs = require('fs');
const net = require('net');
const { watchSocket, socketState, trace, file, address, atExit } = require('./lib');
const { adopt, onConnection } = require('./scene/bound');

// A path is the whole local address.
const local = (socket) => address(socket.localAddress);
const server = net.createServer((socket) => onConnection(server, socket)).listen(file('s'));
const client = watchSocket(adopt(new net.BoundSocket({ path: file('b') })), 'client',
  'connect ready data end error close');
socketState('client', client);
trace(`before: local ${local(client)}`);
client.connect(file('s'));
trace(`file=${fs.existsSync(file('b'))}`);
atExit(() => {
  trace(`after: local ${local(client)}`);
  trace(`file=${fs.existsSync(file('b'))}`);
});
