'use strict';
const { trace, watch, done, serve, connect } = require('./scene');

let got = '';
const c = watch(connect(serve({}, (peer) => peer.on('data', (bytes) => { got += bytes; }))), 'c');
c.on('connect', () => c.write('2', done('2')));
c.on('ready', () => { c.write('3', done('3')); c.end(); });
c.write('1', done('1'));
c.on('close', () => trace('peer got', got));
