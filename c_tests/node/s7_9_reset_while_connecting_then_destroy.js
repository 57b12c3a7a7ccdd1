'use strict';
const { net, trace, watch, connect, tick } = require('./scene');

const server = net.createServer((peer) => peer.on('error', () => {})).listen(0);
const c = watch(connect(server.address().port), 'c');
c.resetAndDestroy();
c.destroy();
tick('tick');
trace('destroyed', c.destroyed, 'connecting', c.connecting);
c.on('close', () => server.close());
