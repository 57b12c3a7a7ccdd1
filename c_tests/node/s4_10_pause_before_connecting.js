'use strict';
const net = require('net');
const { trace, watchSocket, listenLocal } = require('./lib');

const server = net.createServer((accepted) => { accepted.on('error', () => {}).resume(); accepted.end('hello'); });
const port = listenLocal(server);
const socket = new net.Socket();
socket.pause();
watchSocket(socket, 'socket', 'connect data end close');
socket.connect(port, '127.0.0.1');
socket.on('connect', () => {
  trace(`paused=${socket.isPaused()}`);
  // Another whole connection comes and goes before the first one reads.
  const second = net.connect(port, '127.0.0.1').on('error', () => {}).resume();
  second.on('close', () => {
    trace(`bytesRead=${socket.bytesRead}`);
    socket.resume();
    server.close();
  });
});
