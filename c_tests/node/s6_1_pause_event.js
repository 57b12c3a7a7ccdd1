'use strict';
const { trace, serve, connect, settle, watchSocket } = require('./scene');

connect(serve({}, (peer) => {
  watchSocket(peer, 's', 'pause data end');
  settle(() => {
    peer.pause();
    settle(() => {
      peer.pause();
      peer.resume();
      settle(() => { trace('flowing', peer.readableFlowing); peer.destroy(); });
    });
  });
})).on('end', () => {});
