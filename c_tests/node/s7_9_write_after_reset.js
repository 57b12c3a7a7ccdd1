'use strict';
const { trace, watch, done, serve, connect } = require('./scene');

const c = watch(connect(serve({}, (peer) => { peer.on('error', () => {}); peer.resume(); })), 'c');
c.on('ready', () => {
  c.resetAndDestroy();
  trace('write', c.write('x', done('x')));
  trace('returned');
});
