'use strict';
const { trace, watch, done, serve, connect, tick, settle } = require('./scene');

let peer;
const c = watch(connect(serve({ pauseOnConnect: true }, (socket) => { peer = socket; peer.on('error', () => {}); })), 'c');
c.on('ready', () => {
  c.write(Buffer.alloc(30000000), done('big'));
  c.end(done('end'));
  trace('write', c.write('x', done('x')));
  tick('tick');
  trace('returned');
});
c.on('close', () => settle(() => peer.destroy()));
