'use strict';
const net = require('net');
const { trace, listenLocal } = require('./lib');

function serve(options, then) {
  const server = net.createServer(options);
  const port = listenLocal(server);
  server.on('connection', (socket) => {
    trace(`readable=${socket.readableHighWaterMark} writable=${socket.writableHighWaterMark}`);
    socket.destroy();
    server.close(then);
  });
  net.connect(port, '127.0.0.1').on('error', () => {});
}
serve({}, () => serve({ highWaterMark: 1000 }, () => serve({ highWaterMark: 0 })));
