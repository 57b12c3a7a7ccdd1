'use strict';
const { trace, watch, serve, connect, tick } = require('./scene');

const c = watch(connect(serve({}, (peer) => { peer.on('error', () => {}); peer.resume(); })), 'c');
c.on('ready', () => {
  c.destroy();
  c.destroy();
  tick('tick');
  trace('destroyed', c.destroyed, 'closed', c.closed);
});
c.on('close', () => { c.destroy(); trace('destroyed', c.destroyed, 'closed', c.closed); });
