'use strict';
const { trace, watch, serve, connect, tickDo, watchSocket } = require('./scene');

connect(serve({}, (peer) => {
  watch(peer, 's');
  watchSocket(peer, 's', 'data');
  peer.on('end', () => tickDo(() => trace('tick', peer.writableEnded)));
})).end('hello');
