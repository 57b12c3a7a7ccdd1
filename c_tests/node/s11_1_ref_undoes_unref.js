'use strict';
const net = require('net');
const { trace, watchServer, listenLocal } = require('./lib');

const server = watchServer(net.createServer(), 'server', 'listening close');
listenLocal(server);
server.unref();
server.ref();
// A timer that holds nothing fires only if something else does.
setTimeout(() => {
  trace('the server held the loop');
  server.close();
}, 10).unref();
