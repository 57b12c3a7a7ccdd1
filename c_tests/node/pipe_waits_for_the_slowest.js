'use strict';
const { trace, pairs, watchPipe, tickDo, call } = require('./scene');

// Both want to drain; the source flows when the second has.
pairs((all) => {
  const { feeder, a, b, sink } = all;
  watchPipe(a, all);
  watchPipe(b, all);
  watchPipe(sink, all);
  b.resume();
  sink.resume();
  b.cork();
  sink.cork();
  call(() => a.pipe(b));
  call(() => a.pipe(sink, { end: false }));
  feeder.write('x');
  a.once('pause', () => tickDo(() => {
    trace('a flowing', a.readableFlowing);
    sink.uncork();
    sink.once('drain', () => {
      trace('a flowing', a.readableFlowing);
      b.uncork();
      b.once('drain', () => {
        trace('a flowing', a.readableFlowing);
        a.destroy();
        b.destroy();
      });
    });
  }));
}, {}, { highWaterMark: 1 }, { highWaterMark: 1 });
