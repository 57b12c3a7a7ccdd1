'use strict';
const net = require('net');
const { trace, unusedPort } = require('./lib');

unusedPort((port) => {
  const client = new net.Socket();
  const addresses = ['::1', '127.0.0.2', '127.0.0.3'].map((address) => ({ address, family: net.isIP(address) }));
  client.connect({ port, host: 'name', lookup: (host, options, answer) => process.nextTick(answer, null, addresses) });
  client.on('error', () => trace(`attempted=${client.autoSelectFamilyAttemptedAddresses.join(' ')}`));
});
