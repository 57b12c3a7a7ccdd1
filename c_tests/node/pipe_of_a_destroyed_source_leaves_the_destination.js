'use strict';
const { trace, pairs, watchPipe, call } = require('./scene');

pairs((all) => {
  const { a, b } = all;
  watchPipe(a, all);
  watchPipe(b, all);
  call(() => a.pipe(b));
  a.destroy();
  a.on('close', () => {
    trace('b writable', b.writable);
    b.destroy();
  });
});
