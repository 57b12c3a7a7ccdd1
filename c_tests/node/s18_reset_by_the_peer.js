'use strict';
const { watch, serve, connect, watchSocket } = require('./scene');

const c = connect(serve({}, (peer) => {
  watch(peer, 's');
  watchSocket(peer, 's', 'data');
  peer.once('data', () => peer.write('go'));
}));
c.write('hello');
c.once('data', () => c.resetAndDestroy());
