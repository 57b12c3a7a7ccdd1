'use strict';
const { trace, watch, done, serve, connect, tick } = require('./scene');

const c = watch(connect(serve({}, (peer) => peer.end())), 'c');
c.resume();
c.on('close', () => {
  trace('write', c.write('x', done('x')));
  tick('tick');
  trace('returned');
});
