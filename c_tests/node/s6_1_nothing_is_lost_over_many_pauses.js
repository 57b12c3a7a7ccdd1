'use strict';
const { trace, serve, connect, tickDo } = require('./scene');

const total = 1 << 20;
const body = Buffer.from(Array.from({ length: total }, (_, i) => i % 251));
const c = connect(serve({}, (peer) => {
  let got = 0;
  let wrong = 0;
  let pauses = 0;
  peer.on('data', (bytes) => {
    for (const byte of bytes) wrong += byte === got++ % 251 ? 0 : 1;
    peer.pause();
    pauses++;
    tickDo(() => peer.resume());
  });
  peer.on('end', () => trace('got all', got === total, 'wrong', wrong, 'paused', pauses > 3));
}));
c.end(body);
