'use strict';
const { net, trace, watch, done, connect, tick } = require('./scene');

const server = net.createServer((peer) => peer.on('error', () => {})).listen(0);
const c = watch(connect(server.address().port), 'c');
c.write('a', done('a'));
c.write('b', done('b'));
c.end(done('end'));
c.destroy();
tick('tick');
trace('returned');
c.on('close', () => server.close());
