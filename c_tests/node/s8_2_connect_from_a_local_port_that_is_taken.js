'use strict';
const { net, watch, hide } = require('./scene');

const taken = net.createServer().listen(0, '127.0.0.1', () => {
  const { port } = taken.address();
  hide(port, 'TAKEN');
  const c = watch(net.connect({ port, host: '127.0.0.1', localAddress: '127.0.0.1', localPort: port }), 'c');
  c.on('close', () => taken.close());
});
