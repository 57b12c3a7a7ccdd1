'use strict';
const net = require('net');
const { trace, watchSocket, listenLocal } = require('./lib');

const server = net.createServer((accepted) => accepted.on('error', () => {}).resume().end());
const port = listenLocal(server);
const socket = watchSocket(new net.Socket(), 'socket', 'connect close').resume();
socket.connect(port, '127.0.0.1', () => trace('first callback'));
socket.once('close', () => {
  socket.connect(port, '127.0.0.1', () => trace('second callback'));
  socket.once('close', () => server.close());
});
