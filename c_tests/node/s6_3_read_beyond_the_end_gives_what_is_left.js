'use strict';
const { trace, watch, serve, connect, tick, settle } = require('./scene');

connect(serve({}, (peer) => {
  watch(peer, 's');
  peer.on('readable', () => {});
  settle(() => {
    trace('length', peer.readableLength);
    trace('read', peer.read(9));
    tick('tick');
  });
})).end('abc');
