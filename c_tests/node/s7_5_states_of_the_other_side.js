'use strict';
const { trace, serve, connect, socketState } = require('./scene');

connect(serve({ allowHalfOpen: true }, (peer) => {
  const show = (where) => {
    socketState(where, peer);
    trace('ended', peer.readableEnded, peer.writableEnded, peer.writableFinished);
  };
  show('connection');
  peer.resume();
  peer.on('end', () => { show('end'); peer.end(); show('after end'); });
  peer.on('finish', () => show('finish'));
  peer.on('close', () => show('close'));
})).end('x');
