'use strict';
const { trace, watch, done, serve, connect } = require('./scene');

const c = connect(serve({ allowHalfOpen: true }, (peer) => {
  watch(peer, 's');
  peer.resume();
  peer.on('end', () => {
    peer.end(done('end'));
    trace('write', peer.write('x', done('x')));
    trace('returned');
  });
}));
c.on('error', () => {});
c.end();
