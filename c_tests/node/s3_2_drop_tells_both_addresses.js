'use strict';
const net = require('net');
const { watchServer, hide } = require('./lib');

const server = watchServer(net.createServer(), 'server', 'connection drop close');
server.maxConnections = 0;
const hosts = ['127.0.0.1', '::1'];
function next() {
  if (hosts.length === 0) return;
  const host = hosts.shift();
  server.listen(0, host, () => {
    const { port } = server.address();
    hide(port, 'PORT');
    net.connect(port, host).on('error', () => {}).resume().on('close', () => server.close());
  });
  server.once('close', next);
}
next();
