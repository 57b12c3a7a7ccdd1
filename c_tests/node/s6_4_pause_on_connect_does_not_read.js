'use strict';
const { trace, watch, serve, connect, settle } = require('./scene');

connect(serve({ pauseOnConnect: true }, (peer) => {
  watch(peer, 's');
  trace('paused', peer.isPaused(), 'flowing', peer.readableFlowing);
  settle(() => { trace('read', peer.bytesRead, 'length', peer.readableLength); peer.resume(); });
})).end('hello');
