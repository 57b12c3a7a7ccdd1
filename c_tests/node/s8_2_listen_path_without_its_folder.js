'use strict';
const { net, watchServer, file } = require('./scene');

watchServer(net.createServer(), 'server', 'listening error').listen(file('missing/socket'));
