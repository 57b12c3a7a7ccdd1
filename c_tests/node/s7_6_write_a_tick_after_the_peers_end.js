'use strict';
const { trace, watch, done, serve, connect, tick, tickDo } = require('./scene');

connect(serve({}, (peer) => {
  watch(peer, 's');
  peer.resume();
  peer.on('end', () => tickDo(() => {
    trace('ended', peer.writableEnded);
    trace('write', peer.write('x', done('x')));
    tick('tick');
    trace('returned');
  }));
})).end();
