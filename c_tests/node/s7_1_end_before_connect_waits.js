'use strict';
const { trace, watch, done, serve, connect } = require('./scene');

let got = '';
const c = watch(connect(serve({}, (peer) => peer.on('data', (bytes) => { got += bytes; }))), 'c');
c.on('ready', () => trace('finished', c.writableFinished, 'state', c.readyState));
c.on('close', () => trace('peer got', got));
c.write('a', done('a'));
c.end('b', done('end'));
trace('ended', c.writableEnded, 'finished', c.writableFinished, 'state', c.readyState, 'writable', c.writable);
