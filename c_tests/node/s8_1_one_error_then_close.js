'use strict';
const { watch, done, serve, connect, tick } = require('./scene');

const c = watch(connect(serve({}, (peer) => { peer.on('error', () => {}); peer.resume(); })), 'c');
c.on('ready', () => {
  c.destroy(Object.assign(new Error('first'), { code: 'EIO' }));
  c.destroy(Object.assign(new Error('second'), { code: 'EIO' }));
  c.resetAndDestroy();
});
c.on('error', () => {
  c.destroy(Object.assign(new Error('third'), { code: 'EIO' }));
  c.write('x', done('x'));
  tick('tick');
});
