'use strict';
const net = require('net');
const { trace, unusedPort, watchSocket } = require('./lib');

unusedPort((port) => {
  const client = watchSocket(new net.Socket(), 'client', 'lookup connectionAttempt connectionAttemptFailed connect error close');
  const addresses = [{ address: '127.0.0.1', family: 4 }];
  client.connect({ port, host: 'name', lookup: (host, options, answer) => process.nextTick(answer, null, addresses) });
  client.on('error', () => trace(`attempted=${client.autoSelectFamilyAttemptedAddresses}`));
});
