'use strict';
const { trace, pairs, watchPipe, tickDo, call } = require('./scene');

pairs((all) => {
  const { feeder, a, b } = all;
  watchPipe(a, all);
  watchPipe(b, all);
  watchPipe(feeder, all);
  call(() => a.unpipe());
  call(() => a.pipe(b));
  call(() => a.pipe(feeder));
  call(() => a.pipe(b));
  feeder.once('unpipe', () => {
    a.destroy();
    b.destroy();
  });
  tickDo(() => {
    call(() => a.unpipe());
    trace('a flowing', a.readableFlowing);
  });
});
