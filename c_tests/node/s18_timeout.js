'use strict';
const { watch, serve, connect, after } = require('./scene');

const c = watch(connect(serve({}, (peer) => peer.resume())), 'c');
c.on('ready', () => c.setTimeout(20));
c.on('timeout', () => after(60, () => c.end()));
