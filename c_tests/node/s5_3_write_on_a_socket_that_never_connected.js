'use strict';
const { net, trace, watch, done, tick } = require('./scene');

const c = watch(new net.Socket(), 'c');
trace('write', c.write('x', done('x')));
tick('tick');
trace('destroyed', c.destroyed, 'written', c.bytesWritten);
