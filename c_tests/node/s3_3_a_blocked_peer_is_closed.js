'use strict';
const net = require('net');
const { watchServer, watchSocket, hide, trace } = require('./lib');

const blockList = new net.BlockList();
blockList.addAddress('127.0.0.1');
const server = watchServer(net.createServer({ blockList }), 'server', 'connection drop close');
server.on('connection', (socket) => socket.end().resume());
const port = server.listen(0).address().port;
hide(port, 'PORT');

function client(name, then) {
  const socket = watchSocket(net.connect(port, '127.0.0.1'), name, 'connect end close').resume();
  socket.on('close', then);
}
client('blocked', () => {
  server.getConnections((error, count) => trace(`${count} connections`));
  server.maxConnections = 0;
  client('too many', () => {
    server.maxConnections = 1;
    blockList.clear();
    client('allowed', () => server.close());
  });
});
