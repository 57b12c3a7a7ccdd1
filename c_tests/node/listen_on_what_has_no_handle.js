'use strict';
const net = require('net');
const { trace } = require('./lib');
const { code } = require('./scene/bound');

const second = net.createServer();
trace(`a server: ${code(() => second.listen(net.createServer()))}`);
trace(`a socket: ${code(() => second.listen(new net.Socket()))}`);
