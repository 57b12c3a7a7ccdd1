'use strict';
const fs = require('fs');
const net = require('net');
const { trace, watchServer, serverState, file } = require('./lib');

const server = net.createServer();
server.listen(file('s'));
serverState('next line', server);
trace(`file=${fs.existsSync(file('s'))}`);
watchServer(server, 'server', 'listening error close');
server.on('listening', () => server.close());
trace('main done');
