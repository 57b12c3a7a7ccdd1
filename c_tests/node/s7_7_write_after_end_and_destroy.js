'use strict';
const { trace, watch, done, serve, connect, tick } = require('./scene');

const c = watch(connect(serve({}, (peer) => { peer.on('error', () => {}); peer.resume(); })), 'c');
c.on('ready', () => {
  c.end(done('end'));
  c.destroy();
  trace('write', c.write('x', done('x')));
  tick('tick');
  trace('returned');
});
