'use strict';
const net = require('net');
const { trace, hide, remote, local, listenLocal } = require('./lib');

const server = net.createServer();
const port = listenLocal(server);
const hosts = ['127.0.0.1', '::1'];
function next() {
  if (hosts.length === 0) return server.close();
  const host = hosts.shift();
  net.connect(port, host).on('error', () => {}).on('close', next);
}
server.on('connection', (socket) => {
  hide(socket.remotePort, 'CLIENT');
  trace(`from ${remote(socket)} to ${local(socket)}`);
  socket.destroy();
});
next();
