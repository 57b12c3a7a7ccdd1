'use strict';
const net = require('net');
const { hide, watchServer, serverState } = require('./lib');

const server = watchServer(net.createServer(), 'server', 'listening error close');
server.listen(0, 'localhost');
serverState('next line', server);
server.on('listening', () => {
  const { port, family } = server.address();
  hide(port, 'PORT');
  hide(server.address().address, 'LOOPBACK');
  hide(family, 'FAMILY');
  serverState('in listening', server);
  server.close();
});
