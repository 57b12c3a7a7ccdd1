'use strict';
const net = require('net');
const { watchServer, listenLocal } = require('./lib');

const first = net.createServer();
const port = listenLocal(first);
const second = watchServer(net.createServer(), 'second', 'listening error close');
second.listen(port);
second.on('error', () => second.listen(0));
second.on('listening', () => {
  first.close();
  second.close();
});
