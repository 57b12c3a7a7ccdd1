'use strict';
const { trace, watch, serve, connect, settle } = require('./scene');

let peer;
let first = true;
const c = connect(serve({}, (socket) => {
  peer = watch(socket, 's');
  const read = (n) => trace('read', n, peer.read(n), 'left', peer.readableLength);
  peer.on('readable', () => {
    trace('readable', peer.readableLength);
    if (first) {
      [2, 9, 3].forEach(read);
      settle(() => c.end());
    }
    first = false;
    trace('read', peer.read());
    trace('read', peer.read());
  });
}));
c.write('abcdefg');
