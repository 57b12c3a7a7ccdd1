'use strict';
const { trace, watch, serve, connect, settle } = require('./scene');

connect(serve({}, (peer) => {
  watch(peer, 's');
  settle(() => {
    trace('length', peer.readableLength, 'ended', peer.readableEnded, 'destroyed', peer.destroyed);
    peer.resume();
  });
})).end('x');
