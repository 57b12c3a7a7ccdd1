'use strict';
const { trace, watch, done, serve, connect } = require('./scene');

const c = watch(connect(serve({}, (peer) => peer.resume()), { highWaterMark: 0 }), 'c');
trace('marks', c.writableHighWaterMark, c.readableHighWaterMark);
trace('write', c.write('x', done('x')), 'need drain', c.writableNeedDrain);
c.on('ready', () => {
  trace('write', c.write('y', done('y')), 'need drain', c.writableNeedDrain);
  c.end();
});
