'use strict';
const { trace, watch, done, serve, connect, settle } = require('./scene');

const c = watch(connect(serve({ pauseOnConnect: true }, (peer) => { peer.on('error', () => {}); settle(() => peer.destroy()); })), 'c');
c.on('ready', () => {
  c.write(Buffer.alloc(30000000), done('big'));
  c.write('a', done('a'));
  c.resetAndDestroy();
  trace('returned');
});
