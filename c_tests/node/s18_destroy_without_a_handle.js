'use strict';
const { net, trace, watch, tick } = require('./scene');

const c = watch(new net.Socket(), 'c');
tick('tick before');
c.destroy();
tick('tick after');
trace('returned');
