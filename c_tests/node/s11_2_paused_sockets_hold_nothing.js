'use strict';
const net = require('net');
const { atExit, watchServer, watchSocket, socketState, listenLocal } = require('./lib');

const server = watchServer(net.createServer({ pauseOnConnect: true }), 'server', 'connection close');
const port = listenLocal(server);
const client = watchSocket(new net.Socket(), 'client', 'connect end close');
client.pause();
client.connect(port, '127.0.0.1');
let accepted;
server.on('connection', (socket) => {
  accepted = watchSocket(socket, 'accepted', 'end close');
  server.close();
});
atExit(() => {
  socketState('client', client);
  socketState('accepted', accepted);
});
