'use strict';
const { net, trace, tick, watchServer, file } = require('./scene');

const server = watchServer(net.createServer(), 'server', 'listening error close');
server.listen(file('missing/socket'));
tick('tick');
trace('returned');
