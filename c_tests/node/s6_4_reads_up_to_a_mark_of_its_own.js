'use strict';
const { trace, serve, connect, settle } = require('./scene');

const part = Buffer.alloc(600);
const c = connect(serve({ highWaterMark: 1000 }, (peer) => {
  trace('marks', peer.readableHighWaterMark, peer.writableHighWaterMark);
  const step = (left) => {
    if (left === 0) {
      peer.on('end', () => trace('read', peer.bytesRead));
      peer.resume();
      c.end();
      return;
    }
    c.write(part);
    settle(() => { trace('length', peer.readableLength); step(left - 1); });
  };
  step(3);
}));
