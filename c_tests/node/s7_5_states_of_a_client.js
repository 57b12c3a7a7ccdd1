'use strict';
const { net, trace, serve, socketState } = require('./scene');

const show = (where) => {
  socketState(where, c);
  trace('ended', c.readableEnded, c.writableEnded, c.writableFinished);
};
const c = new net.Socket();
show('new');
c.connect(serve({ allowHalfOpen: true }, (peer) => { peer.resume(); peer.on('end', () => peer.end('x')); }), '127.0.0.1');
show('connecting');
c.on('connect', () => show('connect'));
c.on('ready', () => { show('ready'); c.end(); show('after end'); });
c.on('finish', () => show('finish'));
c.on('data', () => show('data'));
c.on('end', () => show('end'));
c.on('close', () => show('close'));
