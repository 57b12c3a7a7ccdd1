'use strict';
const { fork } = require('child_process');
const net = require('net');
const { trace } = require('./lib');

if (process.argv[2] === 'worker') {
  process.on('message', (message, server) => {
    server.on('connection', (socket) => {
      socket.end('worker');
      server.close();
      process.disconnect();
    });
    process.send(`listening ${server.listening}`);
  });
} else {
  const worker = fork(__filename, ['worker']);
  const server = net.createServer(() => trace('a connection')).listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    worker.send('x', server);
    trace(`still listening ${server.listening}`);
    server.on('close', () => trace('close'));
    server.close();
    worker.on('message', (message) => {
      trace(message);
      let got = '';
      net.connect(port, '127.0.0.1')
        .on('data', (bytes) => { got += bytes; })
        .on('end', () => trace(`client got: ${got}`));
    });
  });
}
