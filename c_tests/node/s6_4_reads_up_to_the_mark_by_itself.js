'use strict';
const { trace, serve, connect, settle } = require('./scene');

const total = 30000000;
let written = false;
let got = 0;
const c = connect(serve({}, (peer) => {
  settle(() => {
    trace('at the mark', peer.readableLength >= 65536, peer.readableLength <= 131072, 'written', written);
    trace('same', peer.readableLength === peer.bytesRead);
    peer.on('data', (bytes) => { got += bytes.length; });
    peer.on('end', () => trace('got all', got === total));
  });
}));
c.end(Buffer.alloc(total), () => { written = true; });
