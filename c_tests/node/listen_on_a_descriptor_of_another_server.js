'use strict';
const net = require('net');
const { trace, watchServer, file } = require('./lib');

const watched = (name) => watchServer(net.createServer(), name, 'listening connection close error');
const first = watched('first');
const second = watched('second');
const traceListening = () => trace(`first listening=${first.listening}, second listening=${second.listening}`);

first.listen(file('s'));
second.listen({ fd: first._handle.fd });
traceListening();
first.close();
