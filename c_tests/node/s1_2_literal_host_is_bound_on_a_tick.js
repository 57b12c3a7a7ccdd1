'use strict';
const net = require('net');
const { trace, hide, watchServer, serverState } = require('./lib');

const server = net.createServer();
server.listen(0, '127.0.0.1');
serverState('next line', server);
watchServer(server, 'server', 'listening error close');
server.on('listening', () => {
  hide(server.address().port, 'PORT');
  serverState('in listening', server);
  server.close();
});
trace('main done');
