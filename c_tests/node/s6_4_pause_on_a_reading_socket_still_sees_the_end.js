'use strict';
const { trace, watch, serve, connect } = require('./scene');

const c = connect(serve({}, (peer) => {
  watch(peer, 's');
  peer.once('data', (bytes) => {
    trace('data', bytes);
    peer.pause();
    peer.write('ok');
  });
}));
c.write('x');
c.once('data', () => c.end());
