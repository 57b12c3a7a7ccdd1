'use strict';
const net = require('net');
const { trace, watchSocket, watchServer } = require('./lib');
const { code } = require('./scene/bound');

const first = net.createServer((socket) => socket.on('error', () => {}).resume()).listen(0);
const second = watchServer(net.createServer(), 'second', 'listening connection close error');
const client = new net.Socket();
client.on('connect', () => {
  trace(`listen: ${code(() => second.listen(client))}`);
  trace(`first listening=${first.listening}, second listening=${second.listening}`);
});
watchSocket(client, 'client', 'end error');
client.connect(first.address().port, '127.0.0.1');
// Its handle was closed by the failed listen, and it tells no close of its own.
second.on('error', () => setImmediate(() => first.close()));
