'use strict';
const { watch, serve, connect, tick } = require('./scene');

const c = watch(connect(serve({}, (peer) => peer.once('data', () => peer.resetAndDestroy()))), 'c');
c.write('x');
c.on('error', () => { c.write('late'); tick('tick'); });
