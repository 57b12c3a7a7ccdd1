'use strict';
const { watch, done, serve, connect, tick, settle } = require('./scene');

const c = watch(connect(serve({ pauseOnConnect: true }, (peer) => { peer.on('error', () => {}); settle(() => peer.destroy()); })), 'c');
c.on('ready', () => {
  c.write(Buffer.alloc(30000000), done('big'));
  c.write('a', done('a'));
  c.end(done('end'));
  c.destroy(Object.assign(new Error('enough'), { code: 'ECONNREFUSED' }));
  tick('tick');
});
