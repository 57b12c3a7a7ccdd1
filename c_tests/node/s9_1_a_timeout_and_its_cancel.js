'use strict';
const { trace, watch, serve, connect, after } = require('./scene');

const c = watch(connect(serve({}, (peer) => peer.resume())), 'c');
c.on('ready', () => {
  trace('timeout', c.timeout);
  c.setTimeout(20);
  trace('timeout', c.timeout);
});
c.once('timeout', () => {
  c.setTimeout(20);
  c.setTimeout(0);
  trace('timeout', c.timeout);
  after(80, () => { trace('over'); c.end(); });
});
