'use strict';
const net = require('net');
const { watchSocket } = require('./lib');

watchSocket(new net.Socket(), 'socket', 'connect error close')
  .connect({ port: 1, host: '127.0.0.1', localAddress: '::1' });
