// client.js HOST PORT | PATH: sends standard input through a net.Socket of Node's and prints what comes back.
'use strict';
const net = require('node:net');

const [first, port] = process.argv.slice(2);
const options = port === undefined ? { path: first } : { host: first, port: Number(port) };
const socket = net.connect({ ...options, allowHalfOpen: true });
socket.on('error', (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
process.stdin.pipe(socket).pipe(process.stdout);
