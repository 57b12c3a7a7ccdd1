'use strict';
const { net, trace, tickDo } = require('./scene');

const server = new net.Server();
server.on('close', () => trace('first'));
server.once('close', () => trace('second'));
server.on('close', () => trace('third'));
server.close();
server.close();
tickDo(() => { trace('again'); server.close(); });
