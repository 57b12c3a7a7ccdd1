'use strict';
const { trace, watch, serve, connect, tickDo, watchSocket } = require('./scene');

connect(serve({}, (peer) => {
  watch(peer, 's');
  watchSocket(peer, 's', 'data');
  const show = () => trace('destroyed', peer.destroyed, 'writable', peer.writable, 'ended', peer.writableEnded,
    'state', peer.readyState);
  peer.on('end', () => { show(); tickDo(show); });
  peer.on('finish', show);
  peer.on('close', show);
})).end('hello');
