'use strict';
const { net, watch } = require('./scene');

watch(net.connect({ port: 0, host: '127.0.0.1' }), 'c');
