'use strict';
const net = require('net');
const { trace, watchServer, listenLocal } = require('./lib');

const server = watchServer(net.createServer(), 'server', 'connection drop close');
const port = listenLocal(server);
const client = (then) => net.connect(port, '127.0.0.1').on('error', () => {}).on('close', then).resume();
server.on('connection', (socket) => socket.destroy());
trace(`limit=${server.maxConnections}`);
client(() => {
  server.maxConnections = 0;
  trace(`limit=${server.maxConnections}`);
  client(() => {
    server.maxConnections = undefined;
    trace(`limit=${server.maxConnections}`);
    client(() => server.close());
  });
});
