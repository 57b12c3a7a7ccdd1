'use strict';
const net = require('net');
const { trace, watchServer, listenLocal } = require('./lib');

const watched = (name) => watchServer(net.createServer(), name, 'listening connection close error');
const first = watched('first');
const second = watched('second');
const traceListening = () => trace(`first listening=${first.listening}, second listening=${second.listening}`);

listenLocal(first);
second.listen(first);
second.close();
traceListening();
try {
  first.address();
} catch (err) {
  trace(`first address: ${err.code}`);
}
first.close();
traceListening();
