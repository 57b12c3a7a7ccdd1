'use strict';
const { serve, connect, socketState } = require('./scene');

const c = connect(serve({}, (peer) => peer.resume()));
c.end();
socketState('after end', c);
c.on('ready', () => socketState('ready', c));
c.on('close', () => socketState('close', c));
