'use strict';
const { trace, serve, connect, tick, settle, watchSocket } = require('./scene');

connect(serve({}, (peer) => {
  watchSocket(peer, 's', 'resume');
  settle(() => {
    trace('length', peer.readableLength);
    watchSocket(peer, 's', 'data end');
    peer.pause();
    trace('paused', peer.isPaused());
    tick('tick');
    settle(() => {
      trace('length', peer.readableLength);
      peer.resume();
      tick('tick');
    });
  });
})).end('abcdef');
