'use strict';
const net = require('net');
const { trace, hide, watchSocket } = require('./lib');

const server = net.createServer((socket) => {
  let got = '';
  socket.on('data', (data) => { got += data; });
  socket.on('end', () => {
    trace(`the server got ${got}`);
    socket.end('response');
  });
  server.close();
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  hide(port, 'PORT');
  const client = watchSocket(new net.Socket(), 'client', 'connect finish data end error close');
  const addresses = ['127.0.0.1', '::1'].map((address) => ({ address, family: net.isIP(address) }));
  client.connect({ port, host: 'name', lookup: (host, options, answer) => process.nextTick(answer, null, addresses) });
  client.write('re');
  client.write('quest', () => trace('written'));
  client.end();
});
