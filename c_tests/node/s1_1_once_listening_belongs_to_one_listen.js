'use strict';
const net = require('net');
const { trace, watchServer } = require('./lib');

const server = watchServer(net.createServer(), 'server', 'listening close');
server.listen(0, () => {
  trace('first callback');
  server.close();
});
server.once('close', () => {
  server.listen(0, () => {
    trace('second callback');
    server.close();
  });
});
