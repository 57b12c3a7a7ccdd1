'use strict';
const { trace, pairs, watchPipe, call } = require('./scene');

pairs((all) => {
  const { feeder, a, b, sink } = all;
  watchPipe(a, all);
  watchPipe(b, all);
  sink.on('data', (bytes) => trace('sink got', bytes));
  call(() => a.pipe(b, { end: false }));
  a.on('close', () => b.end());
  feeder.end('hello');
});
