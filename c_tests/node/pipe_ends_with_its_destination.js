'use strict';
const { trace, pairs, watchPipe, call } = require('./scene');

pairs((all) => {
  const { feeder, a, b } = all;
  watchPipe(a, all);
  watchPipe(b, all);
  call(() => a.pipe(b));
  b.destroy();
  b.on('close', () => {
    trace('a flowing', a.readableFlowing);
    a.destroy();
  });
});
