'use strict';
const net = require('net');
const { trace, hide, address, file } = require('./lib');

const ways = [
  ['nothing', (server) => server.listen()],
  ['port', (server) => server.listen(0)],
  ['port and host', (server) => server.listen(0, '127.0.0.1')],
  ['port and backlog', (server) => server.listen({ port: 0, backlog: 7 })],
  ['all of them', (server) => server.listen({ port: 0, host: '::1', backlog: 7 })],
  ['path', (server) => server.listen(file('s'))],
  ['path and backlog', (server) => server.listen({ path: file('t'), backlog: 7 })],
];

function next() {
  if (ways.length === 0) return;
  const [name, listen] = ways.shift();
  const server = net.createServer();
  listen(server);
  server.on('listening', () => {
    if (server.address().port) hide(server.address().port, 'PORT');
    trace(`${name}: ${address(server.address(), 'null')}`);
    server.close();
  });
  server.on('close', next);
}
next();
