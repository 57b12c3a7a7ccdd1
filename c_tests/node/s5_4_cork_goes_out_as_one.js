'use strict';
const { trace, watch, done, serve, connect } = require('./scene');

let chunks = 0;
let got = '';
const c = watch(connect(serve({}, (peer) => peer.on('data', (bytes) => { chunks++; got += bytes; }))), 'c');
c.on('ready', () => {
  c.cork();
  c.cork();
  for (const text of ['w0', 'w1', 'w2', 'w3', 'w4']) trace('write', c.write(text, done(text)));
  trace('corked', c.writableCorked, 'length', c.writableLength);
  c.uncork();
  trace('corked', c.writableCorked, 'length', c.writableLength);
  c.uncork();
  trace('corked', c.writableCorked, 'length', c.writableLength);
  c.uncork();
  trace('corked', c.writableCorked, 'length', c.writableLength);
  c.end();
});
c.on('close', () => { trace('peer got', got); trace('chunks', chunks); });
