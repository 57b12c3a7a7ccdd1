'use strict';
const net = require('net');
const { watchSocket, listenLocal } = require('./lib');

const server = net.createServer((socket) => {
  socket.on('error', () => {}).resume().end();
  server.close();
});
const port = listenLocal(server);
const client = watchSocket(new net.Socket(), 'client', 'connect error close').resume();
const addresses = [{ address: 'nowhere', family: 4 }, { address: '127.0.0.1', family: 4 }, { address: '::1', family: 0 }];
client.connect({ port, host: 'name', lookup: (host, options, answer) => process.nextTick(answer, null, addresses) });
