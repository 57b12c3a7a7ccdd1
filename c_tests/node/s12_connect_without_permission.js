'use strict';
const fs = require('fs');
const net = require('net');
const { watchSocket, dir, file } = require('./lib');

const server = net.createServer().listen(file('s'));
fs.chmodSync(dir(), 0o755);
fs.chmodSync(file('s'), 0);
const client = watchSocket(new net.Socket(), 'client', 'connect error close');
// For root everything is permitted.
if (process.geteuid() === 0) process.seteuid(65534);
client.connect(file('s'));
client.on('close', () => {
  if (process.getuid() === 0) process.seteuid(0);
  server.close();
});
