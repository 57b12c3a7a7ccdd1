'use strict';
const { net, trace, tickDo } = require('./scene');

const server = new net.Server();
const later = () => trace('later');
const once = () => trace('once');
server.once('close', () => {
  server.removeListener('close', later);
  server.removeListener('close', once);
  trace('removes');
});
server.on('close', later);
server.once('close', once);
server.close();
tickDo(() => { trace('again'); server.close(); });
