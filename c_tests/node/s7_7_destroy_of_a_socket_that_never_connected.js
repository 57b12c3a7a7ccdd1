'use strict';
const { net, trace, watch, tick } = require('./scene');

const c = watch(new net.Socket(), 'c');
c.destroy();
tick('tick');
trace('destroyed', c.destroyed);
