'use strict';
const { net, trace, watch, done, connect, tick } = require('./scene');

const server = net.createServer((peer) => peer.on('error', () => {})).listen(0);
const c = watch(connect(server.address().port), 'c');
c.write('a', done('a'));
c.destroy(Object.assign(new Error('enough'), { code: 'ECONNREFUSED' }));
tick('tick');
trace('returned');
c.on('close', () => server.close());
