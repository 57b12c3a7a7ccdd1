'use strict';
const net = require('net');
const { trace, watchServer } = require('./lib');

const server = watchServer(net.createServer(), 'server', 'listening error close');
server.listen(0, '127.0.0.1');
server.close((err) => trace(`callback ${err?.code}`));
trace('main done');
