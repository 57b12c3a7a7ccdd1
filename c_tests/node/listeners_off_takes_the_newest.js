'use strict';
const { net, trace, tickDo } = require('./scene');

const server = new net.Server();
const same = () => trace('same');
server.on('close', same);
server.on('close', () => trace('between'));
server.on('close', same);
server.removeListener('close', same);
server.close();
tickDo(() => { trace('again'); server.removeListener('close', same); server.close(); });
