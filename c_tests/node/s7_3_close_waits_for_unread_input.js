'use strict';
const { trace, watch, serve, connect, settle } = require('./scene');

const c = watch(connect(serve({}, (peer) => peer.end('x'))), 'c');
c.on('ready', () => { c.end(); settle(() => { trace('length', c.readableLength); trace('read', c.read()); trace('read', c.read()); }); });
