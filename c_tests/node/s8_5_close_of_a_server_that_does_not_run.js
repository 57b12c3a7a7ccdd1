'use strict';
const { net, trace, done, watchServer } = require('./scene');

const server = watchServer(net.createServer(), 'server', 'error close');
server.close(done('close'));
trace('returned');
