'use strict';
const net = require('net');
const { trace, watchServer, serverState, listenLocal } = require('./lib');

const first = net.createServer();
const port = listenLocal(first);
const second = net.createServer();
second.listen(port);
serverState('next line', second);
watchServer(second, 'second', 'listening error close');
second.on('error', () => {
  serverState('in error', second);
  first.close();
});
trace('main done');
