'use strict';
const { trace, pairs, watchPipe, call } = require('./scene');

pairs((all) => {
  const { feeder, a, b, sink } = all;
  watchPipe(a, all);
  watchPipe(b, all);
  a.on('data', (bytes) => trace('before', bytes));
  call(() => a.pipe(b));
  a.on('data', (bytes) => trace('after', bytes));
  sink.on('data', (bytes) => trace('sink got', bytes));
  feeder.end('hello');
});
