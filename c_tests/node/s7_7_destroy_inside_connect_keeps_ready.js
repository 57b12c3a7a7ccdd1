'use strict';
const { trace, watch, serve, connect } = require('./scene');

const c = watch(connect(serve({}, (peer) => { peer.on('error', () => {}); peer.resume(); })), 'c');
c.on('connect', () => { c.destroy(); trace('destroyed'); });
