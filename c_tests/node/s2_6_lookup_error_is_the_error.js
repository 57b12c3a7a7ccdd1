'use strict';
const net = require('net');
const { watchServer, serverState } = require('./lib');

const server = watchServer(net.createServer(), 'server', 'listening error close');
server.listen(0, 'no such name');
server.on('error', () => {
  serverState('in error', server);
  server.listen(0, () => server.close());
});
