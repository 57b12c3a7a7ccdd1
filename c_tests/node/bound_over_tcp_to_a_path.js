'use strict';
const net = require('net');
const { watchSocket, socketState, file } = require('./lib');
const { adopt } = require('./scene/bound');

const client = watchSocket(adopt(new net.BoundSocket({ host: '127.0.0.1' })), 'client', 'connect error close');
client.connect({ path: file('s') });
socketState('client', client);
