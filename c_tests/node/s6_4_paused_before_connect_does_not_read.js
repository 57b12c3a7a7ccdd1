'use strict';
const { net, trace, watch, serve, settle } = require('./scene');

const c = watch(new net.Socket(), 'c');
c.pause();
c.connect(serve({}, (peer) => peer.end('hello')), '127.0.0.1');
c.on('ready', () => settle(() => { trace('read', c.bytesRead, 'length', c.readableLength); c.resume(); }));
