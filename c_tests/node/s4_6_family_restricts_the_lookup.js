'use strict';
const net = require('net');
const { trace, watchSocket, listenLocal } = require('./lib');

const server = net.createServer((accepted) => {
  accepted.on('error', () => {}).resume().end();
  server.close();
});
const port = listenLocal(server);
const socket = watchSocket(new net.Socket(), 'socket', 'lookup connect error close').resume();
socket.on('connect', () => trace(`remote=${socket.remoteAddress} ${socket.remoteFamily}`));
socket.connect({ port, host: 'localhost', family: 4 });
