'use strict';
const { pairs, watchPipe, call } = require('./scene');

pairs((all) => {
  const { a, b } = all;
  watchPipe(a, all);
  watchPipe(b, all);
  call(() => a.pipe(b));
  b.destroy(Object.assign(new Error('no more'), { code: 'ECANCELED' }));
  b.on('close', () => a.destroy());
});
