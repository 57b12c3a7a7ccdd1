'use strict';
const net = require('net');
const { trace, local, remote, address, file } = require('./lib');

const show = (name, socket) =>
  trace(`${name} local=${local(socket)} remote=${remote(socket)} address=${address(socket.address())}`);
const server = net.createServer().listen(file('s'));
const client = net.connect(file('s'));
client.on('connect', () => show('client', client)).resume();
server.on('connection', (socket) => {
  show('accepted', socket);
  socket.resume().end();
  server.close();
});
