'use strict';
const { trace, watch, serve, connect, settle } = require('./scene');

const c = watch(connect(serve({}, (peer) => { peer.resume(); peer.end(); })), 'c');
c.resume();
c.allowHalfOpen = true;
c.on('end', () => settle(() => { trace('destroyed', c.destroyed, 'half open', c.allowHalfOpen); c.end(); }));
