'use strict';
const { trace, watch, done, serve, connect } = require('./scene');

const c = watch(connect(serve({}, (peer) => peer.resume())), 'c');
c.on('ready', () => {
  trace('write', c.write(Buffer.alloc(100000), done('big')), 'length', c.writableLength);
  c.end();
});
