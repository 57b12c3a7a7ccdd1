'use strict';
const { trace, watch, serve, connect, tick, settle } = require('./scene');

let first = true;
connect(serve({}, (peer) => {
  watch(peer, 's');
  peer.on('readable', () => {
    if (!first) return;
    first = false;
    trace('read', peer.read(1));
    settle(() => {
      trace('length', peer.readableLength, 'ended', peer.readableEnded);
      trace('read', peer.read());
      trace('read', peer.read());
      tick('tick');
      trace('returned');
    });
  });
})).end('ab');
