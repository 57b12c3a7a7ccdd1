'use strict';
const { trace, pairs, watchPipe, tickDo, call } = require('./scene');

pairs((all) => {
  const { feeder, a, b } = all;
  watchPipe(a, all);
  watchPipe(b, all);
  call(() => a.pipe(b));
  tickDo(() => {
    call(() => a.unpipe(b));
    a.on('data', (bytes) => trace('data', bytes));
    feeder.end('hello');
    feeder.once('finish', () => {
      trace('a flowing', a.readableFlowing, 'paused', a.isPaused());
      a.resume();
      b.destroy();
    });
  });
});
