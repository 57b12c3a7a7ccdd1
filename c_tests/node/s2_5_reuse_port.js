'use strict';
const net = require('net');
const { hide, watchServer, serverState } = require('./lib');

const hosts = ['127.0.0.1', '::1'];
function next() {
  if (hosts.length === 0) return;
  const host = hosts.shift();
  const first = watchServer(net.createServer(), 'first', 'listening error close');
  const second = watchServer(net.createServer(), 'second', 'listening error close');
  const third = watchServer(net.createServer(), 'third', 'listening error close');
  first.listen({ port: 0, host, reusePort: true }, () => {
    const { port } = first.address();
    hide(port, 'PORT');
    second.listen({ port, host, reusePort: true }, () => {
      serverState('second', second);
      third.listen({ port, host });
      third.on('error', () => { first.close(); second.close(); });
    });
  });
  second.on('close', next);
}
next();
