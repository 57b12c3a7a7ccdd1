'use strict';
const { watch, done, serve, connect, settle } = require('./scene');

let peer;
const c = watch(connect(serve({ pauseOnConnect: true }, (socket) => { peer = socket; })), 'c');
c.on('ready', () => {
  c.write(Buffer.alloc(30000000), done('big'));
  c.write('a', done('a'));
  c.end('b', done('end'));
  settle(() => peer.resetAndDestroy());
});
