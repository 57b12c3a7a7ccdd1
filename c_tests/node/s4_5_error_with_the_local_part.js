'use strict';
const net = require('net');
const { unusedPort, hide, watchSocket } = require('./lib');

unusedPort((port) => {
  const other = net.createServer().listen(0, '127.0.0.1', () => {
    const localPort = other.address().port;
    hide(localPort, 'LOCALPORT');
    other.close(() => {
      watchSocket(new net.Socket(), 'socket', 'connect error close')
        .connect({ port, host: '127.0.0.1', localAddress: '127.0.0.1', localPort });
    });
  });
});
