'use strict';
const fs = require('fs');
const net = require('net');
const { trace, watchServer, serverState } = require('./lib');

const server = net.createServer().listen({ fd: fs.openSync('/dev/null') });
serverState('next line', server);
watchServer(server, 'server', 'listening error close');
trace('main done');
