'use strict';
// Node.js: node.js TARGET [echo|requests]
const net = require('node:net');

const REQUEST = 64;
const [target, mode] = process.argv.slice(2);

const server = net.createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {});
  socket.on('data', (bytes) => {
    const step = mode === 'requests' ? REQUEST : bytes.length;
    let goesOn = true;
    for (let from = 0; from < bytes.length; from += step) {
      goesOn = socket.write(bytes.subarray(from, from + step));
    }
    if (!goesOn) {
      socket.pause();
      socket.once('drain', () => socket.resume());
    }
  });
});
const where = target.includes('/') ? { path: target } : { port: Number(target), host: '127.0.0.1' };
server.listen({ ...where, backlog: 4096 }, () => {
  const address = server.address();
  console.log(typeof address === 'string' ? `listening on ${address}` : `listening on 127.0.0.1:${address.port}`);
});
