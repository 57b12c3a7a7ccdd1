'use strict';
const { net, trace, watch, done, serve, watchSocket } = require('./scene');

const lookup = (host, options, answer) => answer(null, [{ address: '127.0.0.1', family: 4 }]);
const c = watch(net.connect({ port: serve({}, (peer) => peer.end('hi')), host: 'example.org', lookup }), 'c');
watchSocket(c, 'c', 'data');
c.write('x', done('x'));
trace('returned');
