'use strict';
const fs = require('fs');
const net = require('net');
const { trace, watchServer, watchSocket, serverState, dir, atExit } = require('./lib');

// All the 108 bytes of sun_path, without a NUL.
const path = dir() + '/' + 'x'.repeat(108 - dir().length - 1);
const server = watchServer(net.createServer(), 'server', 'listening connection close').listen(path);
serverState('server', server);
trace(`file=${fs.existsSync(path)}`);
server.on('connection', (socket) => { socket.end(); socket.resume(); server.close(); });
watchSocket(net.connect(path), 'client', 'connect error end close').resume();
atExit(() => trace(`file=${fs.existsSync(path)}`));
