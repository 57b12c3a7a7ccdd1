'use strict';
const net = require('net');
const { unusedPort, hide, watchSocket } = require('./lib');

unusedPort((port) => {
  const helper = net.createServer().listen(0, '127.0.0.1', () => {
    const localPort = helper.address().port;
    hide(localPort, 'LOCALPORT');
    helper.close(() => {
      watchSocket(new net.Socket(), 'socket', 'connect error close')
        .connect({ port, host: '127.0.0.1', localAddress: '127.0.0.1', localPort });
    });
  });
});
