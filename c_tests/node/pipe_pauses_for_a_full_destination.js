'use strict';
const { trace, pairs, watchPipe, tickDo, call } = require('./scene');

pairs((all) => {
  const { feeder, a, b, sink } = all;
  watchPipe(a, all);
  watchPipe(b, all);
  sink.on('data', (bytes) => trace('sink got', bytes));
  b.cork();
  b.write('x');
  trace('b needs drain', b.writableNeedDrain);
  call(() => a.pipe(b));
  b.once('drain', () => feeder.end('y'));
  tickDo(() => {
    trace('a flowing', a.readableFlowing);
    b.uncork();
  });
}, {}, { highWaterMark: 1 });
