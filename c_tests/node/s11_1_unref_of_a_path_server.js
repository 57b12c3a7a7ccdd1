'use strict';
const net = require('net');
const { atExit, watchServer, serverState, file } = require('./lib');

const server = watchServer(net.createServer(), 'server', 'listening close');
server.listen(file('s'));
server.unref();
atExit(() => serverState('left', server));
