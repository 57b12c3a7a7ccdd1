'use strict';
const net = require('net');
const { trace, watchSocket, listenLocal } = require('./lib');

const server = net.createServer({ pauseOnConnect: true });
const port = listenLocal(server);
const client = watchSocket(new net.Socket(), 'client', 'connect close');
client.connect(port, '127.0.0.1');
server.on('connection', () => server.close());
client.on('connect', () => {
  setTimeout(() => {
    trace('the client held the loop');
    client.destroy();
  }, 10).unref();
});
