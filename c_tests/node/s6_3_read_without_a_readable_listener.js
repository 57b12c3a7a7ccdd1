'use strict';
const { trace, watch, serve, connect, settle } = require('./scene');

connect(serve({}, (peer) => {
  watch(peer, 's');
  trace('read', peer.read());
  settle(() => {
    trace('length', peer.readableLength);
    trace('read', peer.read());
    settle(() => {
      trace('read', peer.read());
      trace('returned');
    });
  });
})).end('abc');
