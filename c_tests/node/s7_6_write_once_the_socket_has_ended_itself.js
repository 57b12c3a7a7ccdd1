'use strict';
const { trace, watch, done, serve, connect, tick } = require('./scene');

connect(serve({}, (peer) => {
  watch(peer, 's');
  peer.resume();
  peer.on('finish', () => {
    trace('write', peer.write('x', done('x')));
    tick('tick');
    trace('returned');
  });
})).end();
