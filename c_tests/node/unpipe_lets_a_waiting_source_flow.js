'use strict';
const { trace, pairs, watchPipe, tickDo, call } = require('./scene');

// b is full and will never drain; without it the source flows into the other.
pairs((all) => {
  const { feeder, a, b, sink } = all;
  watchPipe(a, all);
  watchPipe(b, all);
  watchPipe(sink, all);
  b.cork();
  call(() => a.pipe(b));
  call(() => a.pipe(sink));
  let got = '';
  b.on('data', (bytes) => {
    got += bytes;
    trace('b has', got);
    if (got === 'xy') {
      a.destroy();
      b.destroy();
    }
  });
  a.once('pause', () => tickDo(() => {
    call(() => a.unpipe(b));
    feeder.write('y');
  }));
  feeder.write('x');
}, {}, { highWaterMark: 1 });
