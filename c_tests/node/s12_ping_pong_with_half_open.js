'use strict';
const net = require('net');
const { watchSocket, socketState, file } = require('./lib');

const server = net.createServer({ allowHalfOpen: true });
server.listen(file('s'));
server.on('connection', (socket) => {
  socket.on('data', (data) => socket.write(data.toString().replace('PING', 'PONG')));
  watchSocket(socket, 'accepted', 'end finish close');
  socket.on('end', () => {
    socketState('accepted', socket);
    socket.end('bye');
  });
  server.close();
});
const client = new net.Socket();
let rounds = 0;
watchSocket(client, 'client', 'data');
client.on('data', (data) => {
  if (data.toString() === 'bye') return;
  if (++rounds < 5) return client.write(`PING${rounds}`);
  client.end();
  socketState('client', client);
});
client.connect(file('s'), () => client.write('PING0'));
