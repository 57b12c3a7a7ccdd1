'use strict';
const { trace, serve, connect, tick, watchSocket } = require('./scene');

connect(serve({}, (peer) => {
  const show = () => trace('paused', peer.isPaused(), 'flowing', peer.readableFlowing);
  watchSocket(peer, 's', 'resume end');
  show();
  peer.pause();
  show();
  peer.pause();
  peer.resume();
  show();
  peer.resume();
  tick('tick');
  trace('returned');
})).end();
