'use strict';
const { trace, serve, connect } = require('./scene');

const total = 1 << 20;
connect(serve({}, (peer) => {
  let seen = 0;
  let wrong = 0;
  peer.on('data', (bytes) => { seen += bytes.length; if (peer.bytesRead < seen) wrong++; });
  peer.on('end', () => trace('end', peer.bytesRead, 'wrong', wrong));
  peer.on('close', () => trace('close', peer.bytesRead));
})).end(Buffer.alloc(total));
