'use strict';
const { trace, watch, serve, connect, tick } = require('./scene');

const c = watch(connect(serve({}, (peer) => { peer.on('error', () => {}); peer.resume(); })), 'c');
c.on('ready', () => {
  c.destroy(Object.assign(new Error('enough'), { code: 'ECONNREFUSED' }));
  trace('errored', c.errored.code);
  c.destroy(new Error('second'));
  tick('tick');
  trace('returned');
});
c.on('close', () => trace('errored', c.errored.code));
