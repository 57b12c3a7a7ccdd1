'use strict';
const { net, watch, watchSocket } = require('./scene');

watch(watchSocket(net.connect(9, 'no such host'), 'c', 'lookup'), 'c');
