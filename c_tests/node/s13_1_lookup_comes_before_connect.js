'use strict';
const net = require('net');
const { watchSocket, listenLocal } = require('./lib');

const server = net.createServer((socket) => {
  socket.on('error', () => {}).resume().end();
  server.close();
});
const port = listenLocal(server);
const client = watchSocket(new net.Socket(), 'client', 'lookup connectionAttempt connect ready close').resume();
client.connect({ port, host: 'localhost', family: 4 });
