'use strict';
const { net, watch, unusedPort } = require('./scene');

unusedPort((port) => watch(net.connect({ port, host: '127.0.0.1', localAddress: '192.0.2.1' }), 'c'));
