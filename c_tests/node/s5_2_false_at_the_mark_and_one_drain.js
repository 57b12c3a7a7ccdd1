'use strict';
const { trace, watch, serve, connect } = require('./scene');

const c = watch(connect(serve({}, (peer) => peer.resume()), { highWaterMark: 10 }), 'c');
trace('write', c.write('123456789'), 'need drain', c.writableNeedDrain);
trace('write', c.write('0'), 'need drain', c.writableNeedDrain);
trace('write', c.write('1'), 'need drain', c.writableNeedDrain);
c.on('drain', () => {
  trace('length', c.writableLength, 'need drain', c.writableNeedDrain);
  c.end();
});
