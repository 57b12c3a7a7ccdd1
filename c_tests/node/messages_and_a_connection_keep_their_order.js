'use strict';
const { fork } = require('child_process');
const net = require('net');
const { trace } = require('./lib');

if (process.argv[2] === 'worker') {
  const heard = [];
  let taken;
  process.on('message', (message, handle) => {
    heard.push(handle ? `${message} with a socket` : message);
    taken ??= handle;
  });
  process.on('disconnect', () => taken.end(heard.join(', ')));
} else {
  const worker = fork(__filename, ['worker']);
  const server = net.createServer({ pauseOnConnect: true }, (socket) => {
    const sent = (name) => () => trace(`${name} sent`);
    trace(`send: ${worker.send('a', sent('a'))}`);
    trace(`send: ${worker.send('b', socket, sent('b'))}`);
    trace(`send: ${worker.send('c', sent('c'))}`);
    worker.disconnect();
    server.close();
  }).listen(0, '127.0.0.1', () => {
    let got = '';
    net.connect(server.address().port, '127.0.0.1')
      .on('data', (bytes) => { got += bytes; })
      .on('end', () => trace(`client got: ${got}`));
  });
}
