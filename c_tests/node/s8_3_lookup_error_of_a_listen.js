'use strict';
const { net, watchServer } = require('./scene');

watchServer(net.createServer(), 'server', 'listening error close').listen(0, 'no such host');
