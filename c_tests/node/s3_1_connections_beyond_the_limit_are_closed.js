'use strict';
const net = require('net');
const { watchServer, watchSocket, listenLocal } = require('./lib');

const server = watchServer(net.createServer(), 'server', 'connection drop close');
server.maxConnections = 2;
const port = listenLocal(server);
const accepted = [];
server.on('connection', (socket) => accepted.push(socket.on('error', () => {})));

// One after another, so that the order is that of the connections.
function connect(n) {
  const client = net.connect(port, '127.0.0.1').on('error', () => {}).resume();
  if (n < 2) return watchSocket(client, `client${n}`, 'connect').on('connect', () => connect(n + 1));
  watchSocket(client, 'client2', 'end error close').on('close', () => {
    accepted.forEach((socket) => socket.destroy());
    server.close();
  });
}
connect(0);
