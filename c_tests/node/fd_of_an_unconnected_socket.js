'use strict';
const net = require('net');
const { watchSocket } = require('./lib');

const bound = new net.BoundSocket();
watchSocket(new net.Socket({ fd: bound.fd() }), 'socket', 'connect end error close').resume();
