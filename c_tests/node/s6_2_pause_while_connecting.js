'use strict';
const { trace, watch, serve, connect, settle, watchSocket } = require('./scene');

const c = watch(connect(serve({}, (peer) => peer.end('hello'))), 'c');
watchSocket(c, 'c', 'data');
c.pause();
c.on('ready', () => settle(() => { trace('length', c.readableLength); c.resume(); }));
