'use strict';
const net = require('net');
const { unusedPort, watchSocket } = require('./lib');

unusedPort((port) => {
  const socket = watchSocket(new net.Socket(), 'socket', 'connect error close');
  let rounds = 0;
  socket.on('close', () => {
    if (++rounds < 20) socket.connect(port, '127.0.0.1');
  });
  socket.connect(port, '127.0.0.1');
});
