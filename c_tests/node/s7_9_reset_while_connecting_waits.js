'use strict';
const { trace, watch, serve, connect, tick } = require('./scene');

const c = watch(connect(serve({}, (peer) => peer.on('error', () => {}))), 'c');
c.resetAndDestroy();
tick('tick');
trace('destroyed', c.destroyed, 'connecting', c.connecting);
