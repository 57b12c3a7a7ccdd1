'use strict';
const { net, trace, watch, done, serve, tick, settle } = require('./scene');

const c = watch(new net.Socket(), 'c');
c.pause();
c.connect(serve({}, (peer) => peer.once('data', () => {
  peer.resetAndDestroy();
  settle(() => {
    trace('write', c.write('a', done('a')));
    trace('write', c.write('b', done('b')));
    tick('tick');
  });
})), '127.0.0.1');
c.write('x');
