'use strict';
const net = require('net');
const { trace, listenLocal } = require('./lib');

const server = net.createServer((accepted) => { accepted.on('error', () => {}).resume(); accepted.end('hello'); });
const port = listenLocal(server);
const counts = { connect: 0, data: 0, end: 0, finish: 0, close: 0 };
const socket = new net.Socket();
for (const event of Object.keys(counts)) socket.on(event, () => counts[event]++);
socket.on('close', () => {
  if (counts.close < 50) return socket.connect(port, '127.0.0.1');
  trace(Object.entries(counts).map(([event, count]) => `${event}=${count}`).join(' '));
  server.close();
});
socket.connect(port, '127.0.0.1');
