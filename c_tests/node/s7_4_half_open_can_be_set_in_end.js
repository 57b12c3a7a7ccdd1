'use strict';
const { trace, watch, serve, connect, tick } = require('./scene');

connect(serve({ allowHalfOpen: true }, (peer) => {
  watch(peer, 's');
  peer.resume();
  peer.on('end', () => { peer.allowHalfOpen = false; tick('tick'); });
  peer.on('finish', () => trace('half open', peer.allowHalfOpen));
})).end();
