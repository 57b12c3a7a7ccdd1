'use strict';
const net = require('net');
const { watchSocket } = require('./lib');
const { adopt } = require('./scene/bound');

const client = watchSocket(adopt(new net.BoundSocket({ host: '127.0.0.1' })), 'client',
  'lookup connect ready data end error close connectionAttempt connectionAttemptFailed');
client.once('close', () => client.connect(1, '127.0.0.1'));
client.connect(1, '127.0.0.1');
