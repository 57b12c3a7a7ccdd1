'use strict';
const net = require('net');
const { trace } = require('./lib');

function attempt(name, options) {
  try {
    net.connect(options).on('error', () => {});
    trace(`${name}: accepted`);
  } catch (err) {
    trace(`${name}: ${err.code}`);
  }
}
attempt('localAddress', { port: 1, host: '127.0.0.1', localAddress: 'localhost' });
