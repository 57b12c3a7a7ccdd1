'use strict';
const { watch, serve, connect } = require('./scene');

const c = watch(connect(serve({}, (peer) => peer.once('data', () => peer.resetAndDestroy()))), 'c');
c.write('x');
