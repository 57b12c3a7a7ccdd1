'use strict';
const fs = require('fs');
const net = require('net');
const { execFileSync } = require('child_process');
const { trace, error, watchSocket, file } = require('./lib');

// A pipe has no name in Node; a FIFO is the same to it.
function pipe() {
  const name = file('pipe');
  if (!fs.existsSync(name)) execFileSync('mkfifo', [name]);
  const { O_RDONLY, O_WRONLY, O_NONBLOCK } = fs.constants;
  return [fs.openSync(name, O_RDONLY | O_NONBLOCK), fs.openSync(name, O_WRONLY | O_NONBLOCK)];
}

const ends = pipe();
const writer = watchSocket(new net.Socket({ fd: ends[1], readable: false }), 'writer', 'error close');
fs.closeSync(ends[0]);
setImmediate(() => writer.write('x', (err) => trace(`x ${error(err)}`)));
