'use strict';
const { serve, connect, socketState } = require('./scene');

const c = connect(serve({}, (peer) => { peer.on('error', () => {}); peer.resume(); }));
c.on('ready', () => { c.destroy(); socketState('after destroy', c); });
c.on('close', () => socketState('close', c));
