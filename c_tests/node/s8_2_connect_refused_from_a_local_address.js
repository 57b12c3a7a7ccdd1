'use strict';
const { net, watch, unusedPort } = require('./scene');

unusedPort((port) => watch(net.connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' }), 'c'));
