'use strict';
const net = require('net');
const { watchServer } = require('./lib');

const server = watchServer(net.createServer(), 'server', 'listening error close');
server.listen(0);
server.on('listening', () => server.close());
server.once('close', () => server.listen(0));
