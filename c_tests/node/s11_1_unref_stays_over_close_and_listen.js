'use strict';
const net = require('net');
const { atExit, watchServer, serverState, listenLocal } = require('./lib');

const server = watchServer(net.createServer(), 'server', 'listening close');
server.unref();
server.listen(0);
server.once('listening', () => server.close());
server.once('close', () => listenLocal(server));
atExit(() => serverState('left', server));
