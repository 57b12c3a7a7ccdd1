'use strict';
const net = require('net');
const { atExit, watchServer, serverState, listenLocal } = require('./lib');

const server = watchServer(net.createServer(), 'server', 'listening close');
server.unref();
listenLocal(server);
atExit(() => serverState('left', server));
