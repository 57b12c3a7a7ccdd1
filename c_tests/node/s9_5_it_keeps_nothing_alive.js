'use strict';
const { net, trace, watch } = require('./scene');

const c = watch(new net.Socket(), 'c');
c.setTimeout(100000);
trace('timeout', c.timeout);
