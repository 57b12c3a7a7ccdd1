'use strict';
const net = require('net');
const { watchSocket, trace } = require('./lib');
const { adopt } = require('./scene/bound');

watchSocket(adopt(new net.BoundSocket()), 'reader', 'error close').resume();
watchSocket(adopt(new net.BoundSocket()), 'writer', 'error close')
  .write('x', (err) => trace(`write: ${err ? err.message : 'ok'}`));
watchSocket(adopt(new net.BoundSocket()), 'ender', 'finish error close').end();
watchSocket(adopt(new net.BoundSocket()), 'idle', 'error close').resetAndDestroy();
