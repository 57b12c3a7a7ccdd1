'use strict';
const net = require('net');
const { watchSocket } = require('./lib');

const one = watchSocket(new net.Socket(), 'one', 'connect error close');
one.connect({ port: 1, host: 'name', family: 4, lookup: (host, options, answer) => process.nextTick(answer, null, 'nowhere', 4) });
one.on('close', () => {
  const many = watchSocket(new net.Socket(), 'many', 'connect error close');
  const addresses = [{ address: 'nowhere', family: 4 }, { address: 'nirgends', family: 6 }];
  many.connect({ port: 1, host: 'name', lookup: (host, options, answer) => process.nextTick(answer, null, addresses) });
});
