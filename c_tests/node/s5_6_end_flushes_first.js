'use strict';
const { trace, watch, done, serve, connect } = require('./scene');

const total = 10 << 20;
let got = 0;
const c = watch(connect(serve({}, (peer) => peer.on('data', (bytes) => { got += bytes.length; }))), 'c');
c.on('ready', () => {
  c.write(Buffer.alloc(total - 120000), done('write'));
  c.end(Buffer.alloc(120000), done('end'));
});
c.on('close', () => trace('peer got all', got === total));
