'use strict';
const { trace, serve, connect } = require('./scene');

const total = 5 << 20;
let got = 0;
let waits = 0;
const sink = serve({}, (peer) => peer.on('data', (bytes) => { got += bytes.length; }));
const source = connect(serve({}, (from) => {
  const to = connect(sink);
  from.on('data', (bytes) => {
    if (!to.write(bytes)) {
      waits++;
      from.pause();
    }
  });
  to.on('drain', () => from.resume());
  from.on('end', () => to.end());
  to.on('close', () => trace('got all', got === total, 'waited', waits > 0));
}));
source.end(Buffer.alloc(total));
