'use strict';
const { trace, serve, connect, watchSocket } = require('./scene');

connect(serve({}, (peer) => {
  watchSocket(peer, 's', 'pause resume end close');
  peer.resume();
  trace('flowing', peer.readableFlowing);
})).end('hello');
