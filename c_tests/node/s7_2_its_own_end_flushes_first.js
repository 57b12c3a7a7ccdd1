'use strict';
const { trace, watch, done, serve, connect } = require('./scene');

const total = 6 << 20;
let got = 0;
const c = connect(serve({}, (peer) => {
  watch(peer, 's');
  peer.resume();
  peer.on('end', () => peer.write(Buffer.alloc(total), done('write')));
}), { allowHalfOpen: true });
c.on('data', (bytes) => { got += bytes.length; });
c.on('end', () => trace('peer got all', got === total));
c.end();
