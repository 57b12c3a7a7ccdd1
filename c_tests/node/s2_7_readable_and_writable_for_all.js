'use strict';
const fs = require('fs');
const net = require('net');
const { trace, file } = require('./lib');

process.umask(0o077);
[[false, false], [true, false], [false, true], [true, true]].forEach(([readableAll, writableAll], i) => {
  const path = file(`s${i}`);
  const server = net.createServer().listen({ path, readableAll, writableAll });
  trace(`readableAll=${readableAll} writableAll=${writableAll} mode=${(fs.statSync(path).mode & 0o777).toString(8)}`);
  server.on('listening', () => server.close());
});
