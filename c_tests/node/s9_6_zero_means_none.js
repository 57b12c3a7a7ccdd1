'use strict';
const { trace, watch, serve, connect, after } = require('./scene');

const c = watch(connect(serve({}, (peer) => peer.resume())), 'c');
c.setTimeout(0);
trace('timeout', c.timeout);
c.on('ready', () => after(40, () => c.end()));
