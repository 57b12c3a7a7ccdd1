'use strict';
const net = require('net');
const { trace, watchServer, watchSocket, listenLocal } = require('./lib');

const server = watchServer(net.createServer({ pauseOnConnect: true }), 'server', 'connection close');
const port = listenLocal(server);
server.on('connection', (socket) => {
  trace(`paused=${socket.isPaused()} bytesRead=${socket.bytesRead}`);
  // The second connection comes after the first one's bytes.
  if (!server.first) {
    server.first = watchSocket(socket, 'accepted', 'data end close');
    net.connect(port, '127.0.0.1').on('error', () => {});
    return;
  }
  trace(`paused=${server.first.isPaused()} bytesRead=${server.first.bytesRead}`);
  server.first.resume();
  socket.destroy();
  trace(`paused=${server.first.isPaused()} bytesRead=${server.first.bytesRead}`);
  server.first.on('data', () => trace(`bytesRead=${server.first.bytesRead}`));
  server.close();
});
const client = net.connect(port, '127.0.0.1');
client.on('error', () => {}).end('hello');
