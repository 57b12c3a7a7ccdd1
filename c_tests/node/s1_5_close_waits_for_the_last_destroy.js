'use strict';
const net = require('net');
const { trace, watchServer, watchSocket, listenLocal, socketState } = require('./lib');

const server = watchServer(net.createServer(), 'server', 'close');
const port = listenLocal(server);
const accepted = [];
server.on('connection', (socket) => {
  watchSocket(socket, `accepted${accepted.length}`, 'error close');
  accepted.push(socket);
  if (accepted.length < 2) return;
  server.close(() => trace('callback'));
  socketState('accepted0', accepted[0]);
  accepted[0].destroy();
  accepted[0].on('close', () => {
    accepted[1].destroy();
    trace('destroyed');
  });
});
net.connect(port, '127.0.0.1').on('error', () => {}).on('connect', () => {
  net.connect(port, '127.0.0.1').on('error', () => {});
});
