'use strict';
const net = require('net');
const { hide, watchServer, serverState } = require('./lib');

const server = watchServer(net.createServer(), 'server', 'listening error connection close');
server.listen(0, '127.0.0.1');
server.listen(0);
const { port } = server.address();
hide(port, 'PORT');
serverState('after both', server);
// A late answer to the first listen would have its effect before a connection is there.
server.on('listening', () => net.connect(port, '127.0.0.1').on('error', () => {}));
server.on('connection', (socket) => {
  serverState('later', server);
  socket.destroy();
  server.close();
});
