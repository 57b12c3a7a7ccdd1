'use strict';
const { trace, watch, serve, connect, settle } = require('./scene');

const c = watch(connect(serve({}, (peer) => peer.end('hello'))), 'c');
c.on('connect', () => c.pause());
c.on('ready', () => settle(() => { trace('read', c.bytesRead, 'length', c.readableLength); c.resume(); }));
