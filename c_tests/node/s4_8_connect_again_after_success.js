'use strict';
const net = require('net');
const { trace, watchSocket, socketState, listenLocal } = require('./lib');

const server = net.createServer((accepted) => { accepted.on('error', () => {}).resume(); accepted.end('hello'); });
const port = listenLocal(server);
const socket = watchSocket(new net.Socket(), 'socket', 'connect ready data end finish close');
let rounds = 0;
socket.on('connect', () => {
  trace(`bytesRead=${socket.bytesRead} bytesWritten=${socket.bytesWritten}`);
  socket.write('abc');
});
socket.on('close', () => {
  trace(`bytesRead=${socket.bytesRead} bytesWritten=${socket.bytesWritten}`);
  if (++rounds === 3) return server.close();
  socket.connect(port, '127.0.0.1');
  socketState('again', socket);
});
socket.connect(port, '127.0.0.1');
