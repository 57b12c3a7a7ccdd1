'use strict';
const { trace, serve, connect, tick, settle, watchSocket } = require('./scene');

connect(serve({}, (peer) => {
  watchSocket(peer, 's', 'resume');
  settle(() => {
    peer.resume();
    peer.pause();
    trace('paused', peer.isPaused(), 'flowing', peer.readableFlowing);
    tick('tick');
    settle(() => {
      trace('length', peer.readableLength);
      watchSocket(peer, 's', 'data end');
      peer.resume();
    });
  });
})).end('x');
