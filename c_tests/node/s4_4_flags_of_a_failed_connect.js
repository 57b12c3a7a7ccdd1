'use strict';
const net = require('net');
const { unusedPort, watchSocket, socketState } = require('./lib');

unusedPort((port) => {
  const socket = watchSocket(new net.Socket(), 'socket', 'connect ready error close');
  socket.connect(port, '127.0.0.1');
  socketState('connecting', socket);
  socket.on('error', () => socketState('error', socket));
  socket.on('close', () => socketState('close', socket));
});
