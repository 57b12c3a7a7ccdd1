'use strict';
const { net, trace, watch, tick } = require('./scene');

const c = new net.Socket();
c.resetAndDestroy();
watch(c, 'c');
tick('tick');
trace('destroyed', c.destroyed);
