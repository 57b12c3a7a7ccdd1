'use strict';
const { trace, pairs, watchPipe, call } = require('./scene');

pairs((all) => {
  const { feeder, a, sink } = all;
  watchPipe(a, all);
  feeder.on('data', (bytes) => trace('feeder got', bytes));
  call(() => a.pipe(a));
  feeder.end('hello');
  sink.destroy();
});
