'use strict';
const net = require('net');
const { watchSocket, file } = require('./lib');

const server = net.createServer().listen(file('s'));
server.on('connection', (socket) => {
  socket.destroy();
  server.close();
});
watchSocket(new net.Socket(), 'client', 'connect end error close').resume().connect(file('s'));
