'use strict';
const { net, trace, tickDo } = require('./scene');

const server = new net.Server();
server.once('close', () => {
  trace('adds');
  server.on('close', () => trace('added'));
});
server.on('close', () => trace('second'));
server.close();
tickDo(() => { trace('again'); server.close(); });
