'use strict';
const { net, watch, unusedPort } = require('./scene');

unusedPort((port) => watch(net.connect({ port, host: '::1' }), 'c'));
