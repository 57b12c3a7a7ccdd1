'use strict';
const net = require('net');
const { trace, watchSocket, listenLocal } = require('./lib');

const server = net.createServer((accepted) => { accepted.on('error', () => {}).resume(); accepted.end('hello'); });
const port = listenLocal(server);
const socket = watchSocket(new net.Socket(), 'socket', 'connect data end close');
socket.pause();
socket.connect(port, '127.0.0.1');
socket.on('connect', () => {
  trace(`paused=${socket.isPaused()}`);
  const second = net.connect(port, '127.0.0.1').on('error', () => {}).resume();
  second.on('close', () => {
    // The listener's own resume has asked for a read already, which pause does not take back.
    trace(`bytesRead=${socket.bytesRead}`);
    socket.resume();
    server.close();
  });
});
