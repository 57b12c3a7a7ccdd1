'use strict';
const net = require('net');
const { trace, address, watchServer, listenLocal } = require('./lib');

const watched = (name) => watchServer(net.createServer(), name, 'listening connection close error');
const first = watched('first');
const second = watched('second');
const traceListening = () => trace(`first listening=${first.listening}, second listening=${second.listening}`);

function traceAddress(name, server) {
  try {
    trace(`${name} address: ${address(server.address())}`);
  } catch (err) {
    trace(`${name} address: ${err.code}`);
  }
}
const port = listenLocal(first);
second.on('connection', (socket) => socket.end().resume());
second.listen(first);
traceListening();
traceAddress('first', first);
traceAddress('second', second);
net.connect(port, '127.0.0.1').resume().on('close', () => {
  first.getConnections((err, count) => trace(`first connections ${count}`));
  first.close();
  traceListening();
  traceAddress('second', second);
  net.connect(port, '127.0.0.1').on('error', (err) => {
    trace(`then: ${err.code}`);
    second.getConnections((_, count) => trace(`second connections ${count}`));
    second.close();
    traceListening();
  });
});
