'use strict';
const net = require('net');
const { trace, watchServer, listenLocal, atExit } = require('./lib');

const server = watchServer(net.createServer(), 'server', 'error close');
const port = listenLocal(server);
let connections = 0;
server.on('connection', (socket) => {
  if (++connections === 3) {
    server.close();
    trace('closed in the third');
  }
  socket.on('error', () => {}).destroy();
});
atExit(() => trace(`connections=${connections}`));
let begun = 0;
server.on('listening', () => {
  for (; begun < 20; begun++) net.connect(port, '127.0.0.1').on('error', () => {}).on('close', () => {
    if (--begun === 0) trace('all clients are gone');
  });
});
