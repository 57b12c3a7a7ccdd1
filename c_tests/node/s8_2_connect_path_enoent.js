'use strict';
const { net, trace, watch, file } = require('./scene');

watch(net.connect(file('missing')), 'c');
trace('returned');
