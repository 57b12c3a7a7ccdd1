'use strict';
const net = require('net');
const { unusedPort, watchSocket, socketState } = require('./lib');

unusedPort((port) => {
  const client = watchSocket(new net.Socket(), 'client', 'connect error close');
  const addresses = ['127.0.0.2', '127.0.0.3', '::1'].map((address) => ({ address, family: net.isIP(address) }));
  client.on('error', () => socketState('client', client));
  client.connect({ port, host: 'name', lookup: (host, options, answer) => process.nextTick(answer, null, addresses) });
});
