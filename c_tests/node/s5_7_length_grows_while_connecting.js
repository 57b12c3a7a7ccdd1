'use strict';
const { trace, watch, serve, connect } = require('./scene');

const c = watch(connect(serve({}, (peer) => peer.resume())), 'c');
const show = () => trace('length', c.writableLength, 'buffer', c.bufferSize);
show();
for (let i = 1; i <= 3; i++) {
  c.write('1234');
  show();
}
c.on('ready', () => c.end());
c.on('finish', show);
c.on('close', show);
