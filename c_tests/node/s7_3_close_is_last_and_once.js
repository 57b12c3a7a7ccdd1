'use strict';
const { trace, watch, serve, connect, settle } = require('./scene');

const c = watch(connect(serve({}, (peer) => { peer.resume(); peer.end('x'); })), 'c');
c.on('data', (bytes) => trace('data', bytes));
c.on('ready', () => c.end());
c.on('close', () => {
  trace('ended', c.readableEnded, 'finished', c.writableFinished, 'destroyed', c.destroyed, 'closed', c.closed);
  settle(() => trace('settled'));
});
