'use strict';
const { pairs, watchPipe, call } = require('./scene');

pairs((all) => {
  const { feeder, a, b } = all;
  watchPipe(a, all);
  watchPipe(b, all);
  a.on('data', () => b.end());
  call(() => a.pipe(b));
  b.on('close', () => a.destroy());
  feeder.write('x');
});
