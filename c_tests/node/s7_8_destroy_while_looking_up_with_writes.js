'use strict';
const { net, trace, watch, done, tick } = require('./scene');

const c = watch(net.connect(9, 'localhost'), 'c');
c.write('a', done('a'));
c.write('b', done('b'));
c.destroy();
tick('tick');
trace('returned');
