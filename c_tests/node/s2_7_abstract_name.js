'use strict';
const net = require('net');
const { trace, hide, watchServer, watchSocket, serverState } = require('./lib');

const name = `\0nodenet-test-${process.pid}`;
hide(`nodenet-test-${process.pid}`, 'NAME');
const server = watchServer(net.createServer(), 'server', 'listening connection close').listen(name);
serverState('server', server);
try {
  net.createServer().listen({ path: name + 'x', readableAll: true });
  trace('readableAll: accepted');
} catch (err) {
  trace('readableAll: refused');
}
server.on('connection', (socket) => { socket.end(); socket.resume(); server.close(); });
watchSocket(net.connect(name), 'client', 'connect end close').resume();
