'use strict';
const net = require('net');
const { trace, hide, local, remote, address, listenLocal } = require('./lib');

const server = net.createServer();
const port = listenLocal(server);
const socket = new net.Socket();
const show = (when) => trace(`${when} local=${local(socket)} remote=${remote(socket)} address=${address(socket.address())}`);
show('new');
socket.connect(port, '127.0.0.1');
show('connecting');
socket.on('connect', () => {
  hide(socket.localPort, 'CLIENT');
  show('connect');
});
socket.resume();
socket.on('end', () => show('end'));
socket.on('close', () => show('close'));
server.on('connection', (accepted) => {
  hide(accepted.remotePort, 'CLIENT');
  trace(`accepted remotePort=${accepted.remotePort}`);
  accepted.on('error', () => {}).resume().end();
  server.close();
});
