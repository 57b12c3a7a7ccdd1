'use strict';
const { trace, watch, done, serve, connect } = require('./scene');

const c = watch(connect(serve({}, (peer) => peer.resume())), 'c');
c.on('ready', () => {
  c.end('a', done('end 1'));
  c.end('b', done('end 2'));
  trace('returned');
});
