'use strict';
const net = require('net');
const { watchSocket, listenLocal } = require('./lib');

const server = net.createServer((socket) => {
  socket.on('error', () => {}).resume().end();
  server.close();
});
const port = listenLocal(server);
const client = watchSocket(new net.Socket(), 'client', 'lookup connect error close').resume();
client.connect({ port, host: 'name', family: 4, lookup: (host, options, answer) => answer(null, '127.0.0.1', 4) });
