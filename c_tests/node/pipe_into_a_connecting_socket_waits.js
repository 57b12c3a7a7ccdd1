'use strict';
const { trace, serve, connect, watchPipe, tickDo, call } = require('./scene');

const all = {};
const sink = serve({}, (peer) => {
  let got = 0;
  peer.on('data', (bytes) => { got += bytes.length; });
  peer.on('end', () => trace('sink got', got));
});
all.feeder = connect(serve({}, (peer) => {
  all.a = peer;
  peer.once('readable', () => {
    all.b = connect(sink);
    all.b.on('connect', () => trace('b connect'));
    watchPipe(all.a, all);
    watchPipe(all.b, all);
    call(() => all.a.pipe(all.b));
    tickDo(() => trace('a flowing', all.a.readableFlowing));
  });
}));
all.feeder.end(Buffer.alloc(65536));
