'use strict';
const { trace, watch, serve, connect, settle } = require('./scene');

connect(serve({ allowHalfOpen: true }, (peer) => {
  watch(peer, 's');
  peer.resume();
  peer.on('end', () => settle(() => { trace('destroyed', peer.destroyed); peer.end(); }));
})).end();
