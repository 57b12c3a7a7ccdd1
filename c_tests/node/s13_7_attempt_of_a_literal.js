'use strict';
const net = require('net');
const { trace, unusedPort, watchSocket } = require('./lib');

unusedPort((port) => {
  const client = watchSocket(new net.Socket(), 'client', 'connectionAttempt connectionAttemptFailed connect error close');
  client.connect(port, '127.0.0.1');
  trace('connect returned');
});
