'use strict';
const net = require('net');
const { watchSocket, listenLocal } = require('./lib');

const server = net.createServer();
const port = listenLocal(server);
const socket = watchSocket(new net.Socket(), 'socket', 'connect timeout close').resume();
socket.setTimeout(20);
socket.connect(port, '127.0.0.1');
socket.on('timeout', () => socket.destroy());
server.on('connection', (accepted) => {
  accepted.on('error', () => {}).resume();
  server.close();
});
