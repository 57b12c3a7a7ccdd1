'use strict';
const { net, trace, watch, after, socketState } = require('./scene');

const c = watch(new net.Socket(), 'c');
c.setTimeout(20);
c.on('timeout', () => socketState('c', c));
after(60, () => trace('over'));
