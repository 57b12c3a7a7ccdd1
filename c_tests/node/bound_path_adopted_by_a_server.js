'use strict';
const fs = require('fs');
const net = require('net');
const { trace, watchServer, serverState, file, atExit } = require('./lib');

const bound = new net.BoundSocket({ path: file('b') });
const server = watchServer(net.createServer(), 'server', 'listening connection close error');
server.on('listening', () => {
  serverState('server', server);
  server.close();
  trace(`file=${fs.existsSync(file('b'))}`);
});
server.listen({ handle: bound });
trace(`file=${fs.existsSync(file('b'))}`);
atExit(() => serverState('server', server));
