'use strict';
const net = require('net');
const { socketState, listenLocal } = require('./lib');

const server = net.createServer((accepted) => {
  accepted.on('error', () => {}).resume().end();
  server.close();
});
const port = listenLocal(server);
const socket = new net.Socket();
socketState('new', socket);
socket.connect({ port, host: 'localhost', family: 4 });
socketState('connecting', socket);
for (const event of ['lookup', 'connect', 'ready', 'end', 'close']) socket.once(event, () => socketState(event, socket));
socket.on('error', () => {}).resume();
