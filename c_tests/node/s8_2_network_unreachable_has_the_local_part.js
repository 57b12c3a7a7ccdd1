'use strict';
const { net, watch } = require('./scene');

watch(net.connect({ port: 9, host: '224.0.0.1' }), 'c');
