'use strict';
const fs = require('fs');
const net = require('net');
const { execFileSync } = require('child_process');
const { trace, error, watchSocket, socketState, file } = require('./lib');

// A pipe has no name in Node; a FIFO is the same to it.
function pipe() {
  const name = file('pipe');
  if (!fs.existsSync(name)) execFileSync('mkfifo', [name]);
  const { O_RDONLY, O_WRONLY, O_NONBLOCK } = fs.constants;
  return [fs.openSync(name, O_RDONLY | O_NONBLOCK), fs.openSync(name, O_WRONLY | O_NONBLOCK)];
}

const ends = pipe();
const reader = new net.Socket({ fd: ends[0], readable: true, writable: false });
const writer = new net.Socket({ fd: ends[1], readable: false, writable: true });
socketState('reader', reader);
socketState('writer', writer);
watchSocket(reader, 'reader', 'data end error close');
watchSocket(writer, 'writer', 'finish error close');
reader.once('data', () => writer.end('bye'));
writer.write('hello', (err) => trace(`hello ${error(err)}`));
