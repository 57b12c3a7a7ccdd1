'use strict';
const net = require('net');
const { trace, hide, watchServer, serverState } = require('./lib');

const server = watchServer(net.createServer(), 'server', 'listening error close');
server.listen(0);
server.close();
server.listen(0);
hide(server.address().port, 'PORT');
serverState('listening again', server);
server.once('listening', () => server.close());
trace('main done');
