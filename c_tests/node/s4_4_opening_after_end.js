'use strict';
const net = require('net');
const { socketState, listenLocal } = require('./lib');

const server = net.createServer((accepted) => {
  accepted.on('error', () => {}).resume().end();
  server.close();
});
const port = listenLocal(server);
const socket = new net.Socket();
socket.connect(port, '127.0.0.1');
socket.end('bye');
socketState('ended', socket);
socket.on('connect', () => socketState('connect', socket));
socket.resume().on('close', () => socketState('close', socket));
