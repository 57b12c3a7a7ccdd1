'use strict';
const { trace, watch, done, serve, connect } = require('./scene');

let got = '';
const c = watch(connect(serve({}, (peer) => peer.on('data', (bytes) => { got += bytes; }))), 'c');
trace('write', c.write('a', done('a')));
trace('write', c.write('bc', done('bc')));
trace('length', c.writableLength);
c.end('d', done('end'));
trace('returned');
c.on('close', () => trace('peer got', got));
