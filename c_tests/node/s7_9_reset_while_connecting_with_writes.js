'use strict';
const { trace, watch, done, serve, connect } = require('./scene');

const c = watch(connect(serve({}, (peer) => peer.on('error', () => {}))), 'c');
c.write('a', done('a'));
c.resetAndDestroy();
trace('returned');
