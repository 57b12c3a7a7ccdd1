'use strict';
const { trace, watch, done, serve, connect } = require('./scene');

const c = watch(connect(serve({}, (peer) => peer.resume())), 'c');
c.on('connect', () => { c.write('y', done('y')); trace('in connect'); });
c.on('ready', () => { c.write('z', done('z')); c.end(done('end')); });
c.write('x', done('x'));
