'use strict';
const { net, watch, done } = require('./scene');

const lookup = (host, options, done) => done(null, [{ address: 'no address', family: 4 }]);
watch(net.connect({ port: 9, host: 'example.org', lookup }), 'c');
