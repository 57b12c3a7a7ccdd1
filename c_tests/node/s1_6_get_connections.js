'use strict';
const net = require('net');
const { trace, error, watchServer, listenLocal } = require('./lib');

function count(when, then) {
  server.getConnections((err, n) => {
    trace(`${when}: ${error(err)} ${n}`);
    then?.();
  });
  trace(`${when} asked`);
}

const server = watchServer(net.createServer(), 'server', 'connection close');
count('never listened', () => {
  const port = listenLocal(server);
  net.connect(port, '127.0.0.1').on('error', () => {});
});
server.on('connection', (socket) => {
  count('one open', () => {
    socket.destroy();
    count('destroyed');
    socket.on('close', () => count('closed', () => server.close()));
  });
});
