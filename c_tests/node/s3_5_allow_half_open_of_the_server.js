'use strict';
const net = require('net');
const { trace, watchSocket, listenLocal, socketState } = require('./lib');

const server = net.createServer({ allowHalfOpen: true });
const port = listenLocal(server);
server.on('connection', (socket) => {
  watchSocket(socket, 'accepted', 'data end finish close').resume();
  socket.on('end', () => {
    socketState('in end', socket);
    // Long after the end the socket still writes.
    setTimeout(() => {
      socketState('later', socket);
      socket.end('late');
    }, 20);
  });
  server.close();
});
const client = net.connect({ port, host: '127.0.0.1' });
client.on('data', (data) => trace(`client got ${data}`));
client.end('hello');
