'use strict';
const { trace, serve, connect, settle, watchSocket } = require('./scene');

connect(serve({}, (peer) => {
  peer.pause();
  watchSocket(peer, 's', 'data end');
  trace('flowing', peer.readableFlowing);
  settle(() => { trace('length', peer.readableLength); peer.resume(); });
})).end('x');
