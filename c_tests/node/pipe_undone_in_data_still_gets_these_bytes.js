'use strict';
const { trace, pairs, watchPipe, call } = require('./scene');

pairs((all) => {
  const { feeder, a, b, sink } = all;
  watchPipe(a, all);
  watchPipe(b, all);
  a.on('data', (bytes) => {
    trace('data', bytes);
    call(() => a.unpipe(b));
    b.end();
  });
  call(() => a.pipe(b));
  sink.on('data', (bytes) => trace('sink got', bytes));
  sink.on('end', () => a.destroy());
  feeder.write('hello');
});
