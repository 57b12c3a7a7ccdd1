'use strict';
const { trace, serve, connect } = require('./scene');

const c = connect(serve({}, (peer) => peer.resume()));
let times = 0;
c.once('timeout', () => { trace('first', ++times); c.setTimeout(20); });
c.on('timeout', () => { trace('each', times); if (times++ > 1) c.end(); });
c.on('ready', () => c.setTimeout(20));
