'use strict';
const { trace, pairs, watchPipe, call } = require('./scene');

pairs((all) => {
  const { feeder, a, b } = all;
  watchPipe(a, all);
  watchPipe(b, all);
  a.resume();
  a.once('end', () => {
    trace('piped in end');
    call(() => a.pipe(b, { end: false }));
    b.once('unpipe', () => {
      call(() => a.pipe(b));
      a.end();
    });
  });
  feeder.end();
}, { allowHalfOpen: true });
