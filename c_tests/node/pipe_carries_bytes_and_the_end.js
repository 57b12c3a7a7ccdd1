'use strict';
const { trace, pairs, watchPipe, call } = require('./scene');

pairs((all) => {
  const { feeder, a, b, sink } = all;
  watchPipe(a, all);
  watchPipe(b, all);
  sink.on('data', (bytes) => trace('sink got', bytes));
  call(() => a.pipe(b));
  feeder.end('hello');
});
