'use strict';
const { watch, done, connect, tick, unusedPort } = require('./scene');

unusedPort((port) => {
  const c = watch(connect(port), 'c');
  c.write('a', done('a'));
  c.write('b', done('b'));
  c.end('c', done('end'));
  c.on('error', () => tick('tick'));
});
