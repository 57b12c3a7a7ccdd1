'use strict';
const net = require('net');
const { trace, hide, watchSocket } = require('./lib');

// Only 127.0.0.4 listens: whatever comes before it is tried before it.
const server = net.createServer((socket) => {
  socket.on('error', () => {}).resume().end();
  server.close();
});
server.listen(0, '127.0.0.4', () => {
  const { port } = server.address();
  hide(port, 'PORT');
  const client = watchSocket(new net.Socket(), 'client', 'connect ready error close').resume();
  const addresses = ['127.0.0.2', '127.0.0.3', '127.0.0.2', '::1', '127.0.0.4', '127.0.0.5']
    .map((address) => ({ address, family: net.isIP(address) }));
  client.connect({ port, host: 'name', lookup: (host, options, answer) => process.nextTick(answer, null, addresses) });
  trace(`attempted=${client.autoSelectFamilyAttemptedAddresses}`);
  client.on('connect', () => trace(`remote=${client.remoteAddress}`));
  client.on('ready', () => trace(`attempted=${client.autoSelectFamilyAttemptedAddresses.join(' ')}`));
});
