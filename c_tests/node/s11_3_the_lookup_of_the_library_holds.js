'use strict';
const net = require('net');
const { watchSocket } = require('./lib');

watchSocket(new net.Socket(), 'socket', 'lookup connect error close').unref()
  .connect({ port: 1, host: 'no such name' });
