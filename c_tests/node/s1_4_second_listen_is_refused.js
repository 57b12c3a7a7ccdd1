'use strict';
const net = require('net');
const { trace, watchServer, listenLocal } = require('./lib');

function listenAgain(when) {
  try {
    server.listen(0);
    trace(`${when}: accepted`);
  } catch (err) {
    trace(`${when}: ${err.code}`);
  }
}

const server = watchServer(net.createServer(), 'server', 'listening error close');
listenLocal(server);
listenAgain('before listening');
server.on('listening', () => {
  listenAgain('in listening');
  server.close();
});
