'use strict';
const net = require('net');
const { trace, watchSocket } = require('./lib');

// `address` is no host: the family of address() together with no host means that family of localhost.
const server = net.createServer((accepted) => {
  accepted.on('error', () => {}).resume().end();
  server.close();
});
server.listen(0, '127.0.0.1', () => {
  const client = watchSocket(new net.Socket(), 'client', 'lookup connect error close').resume();
  client.on('connect', () => trace(`remoteFamily=${client.remoteFamily} remoteAddress=${client.remoteAddress}`));
  client.connect(server.address());
});
