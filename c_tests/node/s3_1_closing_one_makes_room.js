'use strict';
const net = require('net');
const { trace, watchServer, listenLocal } = require('./lib');

const server = watchServer(net.createServer(), 'server', 'connection drop close');
server.maxConnections = 1;
const port = listenLocal(server);
const client = () => net.connect(port, '127.0.0.1').on('error', () => {}).resume();
server.once('connection', (first) => {
  client().on('close', () => {
    trace('the second was dropped');
    first.destroy();
    server.once('connection', (third) => {
      third.destroy();
      server.close();
    });
    client();
  });
});
client();
