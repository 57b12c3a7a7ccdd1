'use strict';
const { net, watch, done, unusedPort } = require('./scene');

unusedPort((port) => {
  const lookup = (host, options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]);
  watch(net.connect({ port, host: 'example.org', lookup }), 'c');
});
