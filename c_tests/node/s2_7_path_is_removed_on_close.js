'use strict';
const fs = require('fs');
const net = require('net');
const { trace, watchServer, file, atExit } = require('./lib');

const path = file('s');
const exists = (when) => trace(`${when} file=${fs.existsSync(path)}`);
const server = watchServer(net.createServer(), 'server', 'listening error close');
exists('before');
server.listen(path);
exists('listening');
server.once('listening', () => {
  server.close();
  exists('closed');
  server.listen(path);
  exists('again');
  server.once('listening', () => server.close());
});
atExit(() => exists('at the end'));
