'use strict';
const { watch, serve, connect, tick } = require('./scene');

connect(serve({}, (peer) => {
  watch(peer, 's');
  peer.resume();
  peer.on('end', () => { peer.destroy(); tick('tick'); });
})).end();
