'use strict';
const { trace, watch, done, serve, connect, tick, settle } = require('./scene');

let peer;
const c = watch(connect(serve({ allowHalfOpen: true }, (socket) => { peer = socket; peer.resume(); })), 'c');
c.on('ready', () => c.end());
c.on('finish', () => {
  c.end(done('late end'));
  tick('tick');
  trace('returned');
  settle(() => peer.end());
});
