'use strict';
const net = require('net');
const { watchSocket, socketState, hide } = require('./lib');
const { adopt } = require('./scene/bound');

const bound = new net.BoundSocket({ host: '127.0.0.1' });
hide(bound.address().port, 'BOUND');
const client = watchSocket(adopt(bound), 'client', 'connect error close');
client.connect(1, '::1');
socketState('client', client);
