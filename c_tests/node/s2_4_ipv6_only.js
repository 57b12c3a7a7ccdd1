'use strict';
const net = require('net');
const { watchSocket, watchServer, hide } = require('./lib');

const server = watchServer(net.createServer(), 'server', 'listening connection close');
server.listen({ port: 0, host: '::', ipv6Only: true });
server.on('listening', () => {
  const { port } = server.address();
  hide(port, 'PORT');
  const ipv4 = watchSocket(net.connect(port, '127.0.0.1'), 'ipv4', 'connect error close');
  ipv4.on('close', () => {
    watchSocket(net.connect(port, '::1'), 'ipv6', 'error close');
  });
});
server.on('connection', (socket) => {
  socket.on('error', () => {});
  socket.resume();
  socket.end();
  server.close();
});
