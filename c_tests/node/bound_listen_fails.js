'use strict';
const net = require('net');
const { trace, watchServer, serverState } = require('./lib');
const { code } = require('./scene/bound');

const host = '127.0.0.1';
const first = new net.BoundSocket({ host });
const second = new net.BoundSocket({ host, port: first.address().port });
const events = 'listening connection close error';
const server = watchServer(net.createServer(), 'server', events);
const late = watchServer(net.createServer(), 'late', events);
server.listen(first);
late.listen(second);
serverState('late', late);
trace(`second: ${code(() => second.close())}`);
server.close();
