'use strict';
const net = require('net');
const { trace, watchServer, serverState, listenLocal } = require('./lib');

const server = watchServer(net.createServer(), 'server', 'listening close error');
serverState('before', server);
listenLocal(server);
serverState('after listen', server);
server.on('listening', () => {
  server.close();
  serverState('after close', server);
});
server.on('close', () => serverState('in close', server));
trace('main done');
