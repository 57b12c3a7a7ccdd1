'use strict';
const { trace, watch, done, serve, connect } = require('./scene');

let got = '';
const c = watch(connect(serve({}, (peer) => peer.on('data', (bytes) => { got += bytes; }))), 'c');
c.on('ready', () => {
  c.cork();
  c.write('a', done('a'));
  c.write('b', done('b'));
  c.end('c', done('end'));
  trace('corked', c.writableCorked, 'length', c.writableLength);
});
c.on('close', () => trace('peer got', got));
