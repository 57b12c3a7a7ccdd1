'use strict';
const net = require('net');
const { atExit, watchSocket, socketState, listenLocal } = require('./lib');

const server = net.createServer();
const port = listenLocal(server);
const client = watchSocket(new net.Socket(), 'client', 'connect close');
client.unref();
client.connect(port, '127.0.0.1');
server.on('connection', (socket) => {
  socket.unref();
  server.close();
});
atExit(() => socketState('left', client));
