'use strict';
const { net, trace, connect, tick, settle, watchServer } = require('./scene');

const server = watchServer(net.createServer(), 'server', 'close');
server.listen(0);
server.on('connection', (peer) => {
  peer.on('close', () => trace('s close'));
  peer.on('error', () => {});
  server.close(() => trace('callback'));
  tick('tick');
  settle(() => { trace('still open', server.listening); peer.destroy(); tick('tick'); trace('destroyed'); });
});
connect(server.address().port).on('error', () => {});
