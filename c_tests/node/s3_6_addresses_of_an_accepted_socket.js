'use strict';
const net = require('net');
const { trace, hide, local, remote, address } = require('./lib');

const hosts = ['127.0.0.1', '::1'];
function next() {
  if (hosts.length === 0) return;
  const host = hosts.shift();
  const server = net.createServer();
  server.listen(0, host, () => {
    const { port } = server.address();
    hide(port, 'PORT');
    net.connect(port, host).on('error', () => {});
  });
  server.on('connection', (socket) => {
    hide(socket.remotePort, 'CLIENT');
    trace(`local=${local(socket)} remote=${remote(socket)} address=${address(socket.address())}`);
    socket.destroy();
    server.close(next);
  });
}
next();
