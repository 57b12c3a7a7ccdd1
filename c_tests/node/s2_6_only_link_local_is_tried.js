'use strict';
const net = require('net');
const { watchServer } = require('./lib');

watchServer(net.createServer(), 'server', 'listening error close').listen(0, 'fe80::1234');
