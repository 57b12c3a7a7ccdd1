'use strict';
const { net, trace, watch, after } = require('./scene');

const c = watch(net.connect({ port: 9, host: 'example.org', lookup: () => {}, timeout: 20 }), 'c');
trace('timeout', c.timeout);
c.on('timeout', () => c.destroy());
after(400, () => trace('over'));
