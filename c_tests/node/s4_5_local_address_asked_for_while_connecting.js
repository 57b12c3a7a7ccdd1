'use strict';
const net = require('net');
const { trace, local, listenLocal } = require('./lib');

const server = net.createServer((accepted) => {
  accepted.on('error', () => {}).resume().end();
  server.close();
});
const port = listenLocal(server);
const socket = new net.Socket();
socket.on('connect', () => trace(`connect local known=${Number(socket.localPort > 0)}`)).resume();
// In Node the event comes inside the call.
socket.on('connectionAttempt', () => process.nextTick(() => trace(`attempt local=${local(socket)}`)));
socket.connect({ port, host: '127.0.0.1' });
trace(`connecting local=${local(socket)}`);
