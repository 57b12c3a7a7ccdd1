'use strict';
const net = require('net');
const { trace, watchSocket, socketState } = require('./lib');

const socket = watchSocket(new net.Socket(), 'socket', 'connect error close');
socket.connect(0, '127.0.0.1');
socketState('socket', socket);
trace('main done');
