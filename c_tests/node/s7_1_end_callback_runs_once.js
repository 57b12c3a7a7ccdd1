'use strict';
const { trace, watch, done, serve, connect, tick } = require('./scene');

const c = watch(connect(serve({}, (peer) => peer.resume())), 'c');
c.on('ready', () => {
  c.end(done('end 1'));
  c.end(done('end 2'));
  trace('returned');
});
c.on('close', () => { c.end(done('end 3')); tick('tick'); });
