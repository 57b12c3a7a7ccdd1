'use strict';
const { trace, serve, connect, settle, watchSocket } = require('./scene');

let peer;
const c = connect(serve({}, (socket) => {
  peer = watchSocket(socket, 's', 'resume data end');
  peer.once('data', () => {
    peer.pause();
    trace('paused', peer.isPaused(), 'flowing', peer.readableFlowing);
    c.end('two');
    settle(() => {
      trace('length', peer.readableLength);
      peer.resume();
      trace('paused', peer.isPaused());
    });
  });
}));
c.write('one');
