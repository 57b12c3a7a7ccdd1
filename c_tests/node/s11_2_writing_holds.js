'use strict';
const net = require('net');
const { trace, watchSocket, listenLocal } = require('./lib');

// Neither side reads, and more is written than the system takes.
const server = net.createServer({ pauseOnConnect: true });
const port = listenLocal(server);
const client = watchSocket(new net.Socket(), 'client', 'connect close');
client.pause();
client.connect(port, '127.0.0.1');
server.on('connection', () => server.close());
client.on('connect', () => {
  trace(`write ${client.write(Buffer.alloc(20e6))}`);
  setTimeout(() => {
    trace('the write held the loop');
    client.destroy();
  }, 10).unref();
});
