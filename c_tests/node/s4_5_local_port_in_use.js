'use strict';
const net = require('net');
const { trace, hide, watchSocket } = require('./lib');

const server = net.createServer().listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  hide(port, 'PORT');
  const socket = watchSocket(new net.Socket(), 'socket', 'connect error close');
  socket.connect({ port, host: '127.0.0.1', localAddress: '127.0.0.1', localPort: port });
  trace('connect returned');
  socket.on('close', () => server.close());
});
