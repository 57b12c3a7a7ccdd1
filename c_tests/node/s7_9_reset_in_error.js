'use strict';
const { trace, watch, serve, connect } = require('./scene');

const c = watch(connect(serve({}, (peer) => peer.once('data', () => peer.resetAndDestroy()))), 'c');
c.write('x');
c.on('error', () => { c.resetAndDestroy(); trace('again'); });
