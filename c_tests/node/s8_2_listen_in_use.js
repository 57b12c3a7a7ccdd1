'use strict';
const { net, trace, hide, watchServer } = require('./scene');

const first = net.createServer().listen(0, '127.0.0.1', () => {
  hide(first.address().port, 'TAKEN');
  const second = watchServer(net.createServer(), 'second', 'listening error close');
  second.on('error', () => first.close());
  second.listen(first.address().port, '127.0.0.1');
  trace('returned');
});
