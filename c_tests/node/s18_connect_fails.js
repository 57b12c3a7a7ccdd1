'use strict';
const { net, trace, watch, tick, unusedPort } = require('./scene');

unusedPort((port) => {
  const c = watch(net.connect(port, '127.0.0.1'), 'c');
  c.on('error', () => tick('tick'));
  tick('tick');
  trace('returned');
});
