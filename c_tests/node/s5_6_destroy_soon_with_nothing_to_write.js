'use strict';
const { trace, watch, serve, connect } = require('./scene');

const c = watch(connect(serve({ allowHalfOpen: true }, (peer) => {
  peer.on('error', () => {});
  peer.resume();
})), 'c');
c.on('ready', () => {
  c.destroySoon();
  trace('destroyed', c.destroyed);
});
c.on('finish', () => trace('destroyed', c.destroyed));
