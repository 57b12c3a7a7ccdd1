'use strict';
const { trace, watch, done, serve, connect, after } = require('./scene');

let got = '';
const c = connect(serve({ allowHalfOpen: true }, (peer) => {
  watch(peer, 's');
  trace('half open', peer.allowHalfOpen);
  peer.resume();
  peer.on('end', () => after(50, () => {
    trace('readable', peer.readable, 'writable', peer.writable, 'state', peer.readyState, 'destroyed', peer.destroyed);
    peer.write('still', done('still'));
    peer.end(' here');
  }));
}), { allowHalfOpen: true });
c.on('data', (bytes) => { got += bytes; });
c.on('close', () => trace('peer got', got));
c.end();
