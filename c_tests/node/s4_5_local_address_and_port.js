'use strict';
const net = require('net');
const { trace, unusedPort, local, remote, listenLocal } = require('./lib');

unusedPort((localPort) => {
  const server = net.createServer();
  const port = listenLocal(server);
  const socket = net.connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2', localPort });
  socket.on('connect', () => trace(`connect local=${local(socket)} remote=${remote(socket)}`)).resume();
  server.on('connection', (accepted) => {
    trace(`accepted remote=${remote(accepted)}`);
    accepted.on('error', () => {}).resume().end();
    server.close();
  });
});
