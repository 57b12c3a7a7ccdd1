'use strict';
const fs = require('fs');
const net = require('net');
const { trace, watchServer, watchSocket, serverState, dir, file } = require('./lib');

process.chdir(dir());
const server = watchServer(net.createServer(), 'server', 'listening close').listen('relative');
serverState('server', server);
trace(`file=${fs.existsSync(file('relative'))}`);
server.on('connection', (socket) => { socket.end(); socket.resume(); server.close(); });
watchSocket(net.connect({ path: 'relative' }), 'client', 'connect end close').resume();
