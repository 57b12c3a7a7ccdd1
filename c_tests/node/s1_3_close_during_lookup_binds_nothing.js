'use strict';
const net = require('net');
const { trace, unusedPort, watchServer, serverState, atExit } = require('./lib');

unusedPort((port) => {
  const server = watchServer(net.createServer(), 'server', 'listening error close');
  server.listen(port, 'localhost');
  server.close();
  trace('closed');
  atExit(() => serverState('at the end', server));
});
