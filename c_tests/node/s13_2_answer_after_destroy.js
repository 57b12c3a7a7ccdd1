'use strict';
const net = require('net');
const { trace, watchSocket } = require('./lib');

const client = watchSocket(new net.Socket(), 'client', 'connect error close');
let late;
client.connect({ port: 1, host: 'name', lookup: (host, options, answer) => { late = answer; } });
client.on('close', () => {
  late(null, [{ address: '127.0.0.1', family: 4 }]);
  trace('answered');
});
client.destroy();
