'use strict';
const { trace, watch, serve, connect } = require('./scene');

const c = watch(connect(serve({}, (peer) => peer.resume()), { highWaterMark: 4 }), 'c');
c.on('ready', () => {
  c.cork();
  trace('write', c.write('abc'));
  trace('write', c.write('d'), 'need drain', c.writableNeedDrain);
  c.uncork();
  trace('length', c.writableLength);
});
c.on('drain', () => c.end());
