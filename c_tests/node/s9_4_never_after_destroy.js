'use strict';
const { trace, watch, serve, connect, after } = require('./scene');

const c = watch(connect(serve({}, (peer) => peer.resume())), 'c');
c.on('ready', () => { c.setTimeout(20); c.destroy(); trace('timeout', c.timeout); });
c.on('close', () => { c.setTimeout(20); trace('timeout', c.timeout); after(60, () => trace('over')); });
