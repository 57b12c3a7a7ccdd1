'use strict';
const net = require('net');
const { trace, file, listenLocal } = require('./lib');

const tcp = net.createServer();
const port = listenLocal(tcp);
const local = net.createServer().listen(file('s'));
for (const server of [tcp, local]) server.on('connection', (socket) => socket.on('error', () => {}).resume().end());

const ways = [
  ['port', () => net.connect(port)],
  ['port and host', () => net.connect(port, '127.0.0.1')],
  ['options', () => net.connect({ port, host: '::1' })],
  ['path', () => net.connect(file('s'))],
  ['path in options', () => net.connect({ path: file('s') })],
  ['new socket', () => new net.Socket().connect(port, '127.0.0.1')],
  ['new socket, path', () => new net.Socket().connect(file('s'))],
];

function next() {
  if (ways.length === 0) {
    tcp.close();
    local.close();
    return;
  }
  const [name, connect] = ways.shift();
  const socket = connect();
  socket.once('connect', () => {
    const here = socket.remoteAddress === undefined ? 'undefined' : socket.remotePort === port ? 'server' : 'elsewhere';
    trace(`${name}: connect to ${here}`);
  });
  socket.on('close', (hadError) => {
    trace(`${name}: close ${hadError}`);
    next();
  });
  socket.resume();
}
next();
