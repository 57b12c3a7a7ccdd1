'use strict';
const { watch, done, serve, connect } = require('./scene');

const c = watch(connect(serve({}, (peer) => { peer.on('error', () => {}); peer.resume(); })), 'c');
c.on('ready', () => { c.end(); c.write('x', done('x')); });
