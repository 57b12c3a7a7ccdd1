'use strict';
const { net, watch, done } = require('./scene');

const lookup = (host, options, done) => done(null, '127.0.0.1', 0);
watch(net.connect({ port: 9, host: 'example.org', autoSelectFamily: false, lookup }), 'c');
