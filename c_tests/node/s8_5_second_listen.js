'use strict';
const { net, trace, watchServer } = require('./scene');

const server = watchServer(net.createServer(), 'server', 'listening error close');
server.listen(0);
try { server.listen(0); } catch (err) { trace(err.code); }
server.close();
