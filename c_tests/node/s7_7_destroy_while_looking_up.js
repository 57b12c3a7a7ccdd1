'use strict';
const { net, trace, watch, tick, watchSocket } = require('./scene');

const c = watch(net.connect(9, 'localhost'), 'c');
watchSocket(c, 'c', 'lookup');
c.destroy();
tick('tick');
trace('connecting', c.connecting);
