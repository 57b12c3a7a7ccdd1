'use strict';
const { trace, pairs, watchPipe, tickDo, call } = require('./scene');

pairs((all) => {
  const { feeder, a, b, sink } = all;
  watchPipe(a, all);
  watchPipe(b, all);
  sink.on('data', (bytes) => trace('sink got', bytes));
  call(() => a.pipe(b));
  tickDo(() => {
    call(() => a.pause());
    feeder.end('hello');
    feeder.on('finish', () => {
      trace('a flowing', a.readableFlowing);
      a.resume();
    });
  });
});
