'use strict';
const { trace, watch, done, serve, connect } = require('./scene');

let got = '';
const c = connect(serve({}, (peer) => {
  watch(peer, 's');
  peer.resume();
  peer.on('end', () => trace('write', peer.write('bye', done('bye'))));
}));
c.on('data', (bytes) => { got += bytes; });
c.on('close', () => trace('peer got', got));
c.end();
