'use strict';
const net = require('net');
const { trace, watchServer, listenLocal, atExit } = require('./lib');

const watched = (name) => watchServer(net.createServer(), name, 'listening connection close error');
const first = watched('first');
const second = watched('second');
const traceListening = () => trace(`first listening=${first.listening}, second listening=${second.listening}`);

listenLocal(first);
second.listen(first);
first.unref();
atExit(traceListening);
