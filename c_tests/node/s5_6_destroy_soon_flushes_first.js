'use strict';
const { trace, watch, done, serve, connect } = require('./scene');

const total = 4 << 20;
let got = 0;
const c = watch(connect(serve({}, (peer) => {
  peer.on('data', (bytes) => { got += bytes.length; });
  peer.on('end', () => trace('peer got all', got === total));
})), 'c');
c.on('ready', () => {
  c.write(Buffer.alloc(total), done('write'));
  c.destroySoon();
  trace('destroyed', c.destroyed, 'writable', c.writable);
});
