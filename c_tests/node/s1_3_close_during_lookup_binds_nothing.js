'use strict';
const net = require('net');
const { trace, unusedPort, watchServer, serverState } = require('./lib');

unusedPort((port) => {
  const server = watchServer(net.createServer(), 'server', 'listening error close');
  server.listen(port, 'localhost');
  server.close();
  trace('closed');
  process.on('exit', () => serverState('at the end', server));
});
