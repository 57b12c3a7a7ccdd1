'use strict';
const net = require('net');
const { trace, watchServer } = require('./lib');

const server = watchServer(net.createServer(), 'server', 'listening error close');
server.listen(0, () => {
  server.close(() => trace('callback'));
  trace('close returned');
  process.nextTick(() => trace('tick'));
});
