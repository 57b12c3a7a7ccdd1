'use strict';
const net = require('net');
const { trace, watchServer, serverState, listenLocal } = require('./lib');

const server = net.createServer();
listenLocal(server);
serverState('next line', server);
watchServer(server, 'server', 'listening error close');
process.nextTick(() => trace('tick'));
server.on('listening', () => server.close());
trace('main done');
