'use strict';
const { net, trace, tick, watchServer } = require('./scene');

const server = watchServer(net.createServer(), 'server', 'listening error close');
server.listen(0, () => { trace('callback'); server.close(); });
tick('tick');
trace('returned');
