'use strict';
const { net, trace, watch, after, socketState } = require('./scene');

const c = watch(net.connect({ port: 9, host: 'example.org', lookup: () => {} }), 'c');
c.setTimeout(20);
c.on('timeout', () => { socketState('c', c); c.destroy(); });
after(400, () => trace('over'));
