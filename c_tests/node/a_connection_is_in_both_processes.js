'use strict';
const { fork } = require('child_process');
const net = require('net');
const { trace } = require('./lib');

if (process.argv[2] === 'worker') {
  process.on('message', (message, handle) => {
    process.on('disconnect', () => handle.end(' and from the worker'));
    process.send('taken');
  });
} else {
  const worker = fork(__filename, ['worker']);
  const server = net.createServer((socket) => {
    socket.on('close', (hadError) => {
      trace(`close ${hadError}`);
      worker.disconnect();
    });
    worker.on('message', (message) => {
      trace(message);
      trace(`destroyed ${socket.destroyed}, readyState ${socket.readyState}`);
      socket.write('from here', () => socket.destroy());
    });
    worker.send('x', socket, { keepOpen: true });
    server.close();
  }).listen(0, '127.0.0.1', () => {
    let got = '';
    net.connect(server.address().port, '127.0.0.1')
      .on('data', (bytes) => { got += bytes; })
      .on('end', () => trace(`client got: ${got}`));
  });
}
