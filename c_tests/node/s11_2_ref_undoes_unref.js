'use strict';
const net = require('net');
const { trace, watchSocket, listenLocal } = require('./lib');

const server = net.createServer();
const port = listenLocal(server);
const client = watchSocket(new net.Socket(), 'client', 'connect close');
client.connect(port, '127.0.0.1');
server.on('connection', (socket) => {
  socket.unref().on('error', () => {});
  server.close();
});
client.on('connect', () => {
  client.unref();
  client.ref();
  setTimeout(() => {
    trace('the client held the loop');
    client.destroy();
  }, 10).unref();
});
