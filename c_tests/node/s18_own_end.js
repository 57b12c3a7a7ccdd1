'use strict';
const { trace, watch, done, serve, connect } = require('./scene');

const c = watch(connect(serve({}, (peer) => peer.resume())), 'c');
c.on('ready', () => {
  c.write('a', done('a'));
  c.write('b', done('b'));
  c.end(done('end'));
  trace('returned');
});
