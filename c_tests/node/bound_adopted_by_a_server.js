'use strict';
const net = require('net');
const { trace, hide, watchSocket, watchServer, serverState } = require('./lib');
const { code, uses } = require('./scene/bound');

const bound = new net.BoundSocket({ host: '127.0.0.1' });
const { port } = bound.address();
hide(port, 'PORT');
const server = watchServer(net.createServer(), 'server', 'listening connection close error');
server.on('connection', (socket) => {
  socket.resume();
  socket.end();
  server.close();
});
server.listen(bound);
serverState('server', server);
uses(bound);
trace(`isPipe=${bound.isPipe}`);
trace(`a second server: ${code(() => net.createServer().listen(bound))}`);
trace(`a socket: ${code(() => new net.Socket({ handle: bound }))}`);
const other = new net.BoundSocket({ host: '127.0.0.1' });
trace(`listens already: ${code(() => server.listen(other))}`);
other.close();
watchSocket(new net.Socket(), 'client', 'connect end close').resume().connect(port, '127.0.0.1');
