'use strict';
const { watch, serve, connect, settle } = require('./scene');

const c = watch(connect(serve({}, (peer) => peer.resetAndDestroy())), 'c');
let failed = 0;
c.on('ready', () => settle(() => {}));
const codes = new Set();
const again = () => {
  if (c.destroyed) return;
  c.write(Buffer.alloc(100000), (err) => { if (err) { failed++; codes.add(err.code); } });
  setImmediate(again);
};
again();
