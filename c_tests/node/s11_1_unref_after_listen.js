'use strict';
const net = require('net');
const { atExit, watchServer, serverState, listenLocal } = require('./lib');

const server = watchServer(net.createServer(), 'server', 'listening close');
listenLocal(server);
server.on('listening', () => server.unref());
atExit(() => serverState('left', server));
