'use strict';
const { trace, serve, connect, tick, settle } = require('./scene');

connect(serve({}, (peer) => {
  trace('flowing', peer.readableFlowing, 'paused', peer.isPaused());
  settle(() => {
    trace('length', peer.readableLength, 'read', peer.bytesRead);
    peer.on('data', (bytes) => trace('data', bytes));
    trace('flowing', peer.readableFlowing);
    tick('tick');
    peer.on('end', () => trace('end'));
  });
})).end('hello');
