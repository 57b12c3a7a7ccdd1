'use strict';
const { trace, pairs, watchPipe, call } = require('./scene');

pairs((all) => {
  const { a, b } = all;
  watchPipe(a, all);
  watchPipe(b, all);
  call(() => a.pipe(b));
  b.end();
  b.on('close', () => a.destroy());
});
