'use strict';
const net = require('net');
const { trace, watchSocket, file } = require('./lib');

const events = 'connect ready error close';
const socket = (name) => watchSocket(new net.Socket(), name, events);

socket('missing').connect(file('missing'));
trace('after missing');
process.nextTick(() => trace('tick'));
