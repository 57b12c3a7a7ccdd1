'use strict';
const { trace, watch, serve, connect, settle } = require('./scene');

const c = watch(connect(serve({}, (peer) => { peer.resume(); peer.end('bye'); }), { allowHalfOpen: true }), 'c');
c.resume();
c.on('end', () => {
  trace('state', c.readyState);
  settle(() => { trace('state', c.readyState, 'destroyed', c.destroyed); c.end(); });
});
