'use strict';
const { net, watch, done } = require('./scene');

watch(net.connect({ port: 9, host: 'example.org', lookup: (host, options, done) => {
  setImmediate(() => done(Object.assign(new Error('getaddrinfo ENOTFOUND example.org'),
    { code: 'ENOTFOUND', errno: -3008, syscall: 'getaddrinfo', hostname: host })));
} }), 'c');
