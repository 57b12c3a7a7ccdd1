'use strict';
const { trace, watch, done, serve, connect, tick } = require('./scene');

let got = '';
const c = watch(connect(serve({}, (peer) => peer.on('data', (bytes) => { got += bytes; }))), 'c');
const shared = done('shared');
c.on('ready', () => {
  c.write('1', done('1'));
  c.write('2', done('2'));
  tick('tick a');
  c.write('3', shared);
  c.write('4', shared);
  c.write('5');
  c.write('6', done('6'));
  tick('tick b');
  c.write('7', shared);
  c.write('8', done('8'));
  trace('length', c.writableLength, 'bytes', c.bytesWritten);
  c.write('9', done('9'));
  c.end('0', done('end'));
  trace('returned');
});
c.on('close', () => trace('peer got', got));
