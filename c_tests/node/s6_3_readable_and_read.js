'use strict';
const { trace, watch, serve, connect, settle } = require('./scene');

let peer;
const c = connect(serve({}, (socket) => {
  peer = watch(socket, 's');
  peer.on('readable', () => {
    trace('readable', peer.readableLength);
    const bytes = peer.read();
    trace('read', bytes, 'left', peer.readableLength);
    if (bytes) settle(() => c.end());
  });
}));
c.write('hello');
