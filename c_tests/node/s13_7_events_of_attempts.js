'use strict';
const net = require('net');
const { unusedPort, watchSocket } = require('./lib');

unusedPort((port) => {
  const client = watchSocket(new net.Socket(), 'client', 'lookup connectionAttempt connectionAttemptFailed connect error close');
  const addresses = ['127.0.0.2', '::1'].map((address) => ({ address, family: net.isIP(address) }));
  client.connect({ port, host: 'name', lookup: (host, options, answer) => process.nextTick(answer, null, addresses) });
});
