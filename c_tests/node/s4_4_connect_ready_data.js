'use strict';
const net = require('net');
const { watchSocket, listenLocal } = require('./lib');

const server = net.createServer((accepted) => {
  accepted.on('error', () => {}).resume();
  accepted.end('hello');
  server.close();
});
const port = listenLocal(server);
const socket = watchSocket(new net.Socket(), 'socket', 'connect ready data end close');
socket.connect(port, '127.0.0.1');
