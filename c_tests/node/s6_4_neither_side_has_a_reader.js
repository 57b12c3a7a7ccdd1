'use strict';
const { trace, serve, connect, settle } = require('./scene');

let ended = 0;
const c = connect(serve({}, (peer) => { peer.on('close', () => ended++); peer.end(); }));
c.on('close', () => settle(() => trace('both closed', ended + 1)));
