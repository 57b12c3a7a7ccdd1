'use strict';
const net = require('net');
const { trace, unusedPort } = require('./lib');

unusedPort((port) => {
  let errors = 0;
  let closes = 0;
  for (let i = 0; i < 250; i++) {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('error', (err) => { errors += err.code === 'ECONNREFUSED'; });
    socket.on('close', (hadError) => {
      closes += hadError;
      if (closes === 250) trace(`errors=${errors} closes=${closes}`);
    });
  }
});
