'use strict';
const net = require('net');
const { trace, watchSocket, listenLocal } = require('./lib');

const server = net.createServer((socket) => {
  socket.on('error', () => {}).resume().end();
  server.close();
});
const port = listenLocal(server);
const client = watchSocket(new net.Socket(), 'client', 'lookup connect close').resume();
client.connect({ port, host: '127.0.0.1', lookup: () => trace('asked') });
