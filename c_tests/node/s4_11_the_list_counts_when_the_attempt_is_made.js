'use strict';
const net = require('net');
const { watchSocket, trace } = require('./lib');

const EVENTS = 'connectionAttempt connectionAttemptFailed connect error close';
const early = new net.BlockList();
const first = watchSocket(new net.Socket({ blockList: early }), 'first', EVENTS);
first.connect(9, '127.0.0.1');
early.addAddress('127.0.0.1');
first.on('close', () => {
  const late = new net.BlockList();
  const second = watchSocket(new net.Socket({ blockList: late }), 'second', EVENTS);
  second.on('connectionAttempt', () => late.addSubnet('127.0.0.0', 8));
  let again = true;
  second.on('close', () => {
    if (!again) return;
    again = false;
    trace('the same socket once more');
    second.connect(9, '127.0.0.1');
  });
  second.connect(9, '127.0.0.1');
});
