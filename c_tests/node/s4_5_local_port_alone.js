'use strict';
const net = require('net');
const { trace, unusedPort, local, listenLocal } = require('./lib');

unusedPort((localPort) => {
  const server = net.createServer((accepted) => {
    accepted.on('error', () => {}).resume().end();
    server.close();
  });
  const port = listenLocal(server);
  const socket = net.connect({ port, host: '127.0.0.1', localPort });
  socket.on('connect', () => trace(`connect local=${local(socket)}`)).resume();
});
