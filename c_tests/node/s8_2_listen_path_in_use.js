'use strict';
const { net, trace, watchServer, file } = require('./scene');

const first = net.createServer().listen(file('socket'), () => {
  const second = watchServer(net.createServer(), 'second', 'listening error close');
  second.on('error', () => first.close());
  second.listen(file('socket'));
  trace('returned');
});
