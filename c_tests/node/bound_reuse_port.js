'use strict';
const net = require('net');
const { trace, hide, error } = require('./lib');

const host = '127.0.0.1';
const first = new net.BoundSocket({ host, reusePort: true });
const { port } = first.address();
hide(port, 'PORT');
const second = new net.BoundSocket({ host, port, reusePort: true });
const servers = [net.createServer().listen(first), net.createServer().listen({ handle: second })];
try {
  new net.BoundSocket({ host, port });
} catch (err) {
  trace(`without: ${error(err)}`);
}
servers.forEach((server) => server.close());
