'use strict';
const { trace, pairs, watchPipe, call } = require('./scene');

pairs((all) => {
  const { feeder, a, b, sink } = all;
  watchPipe(a, all);
  watchPipe(b, all);
  call(() => a.pipe(b));
  call(() => a.pipe(b, { end: false }));
  let got = '';
  sink.on('data', (bytes) => {
    got += bytes;
    trace('sink has', got);
    if (got === 'xx') {
      call(() => a.unpipe(b));
      feeder.write('y');
    }
    if (got === 'xxy') {
      call(() => a.unpipe(b));
      call(() => a.unpipe(b));
      a.destroy();
      b.destroy();
    }
  });
  feeder.write('x');
});
