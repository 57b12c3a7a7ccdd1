'use strict';
const { trace, watch, serve, connect, tick } = require('./scene');

const c = watch(connect(serve({}, (peer) => { peer.on('error', () => {}); peer.write('x'); })), 'c');
c.on('data', (bytes) => { trace('data', bytes); c.destroy(); tick('tick'); });
