'use strict';
const fs = require('fs');
const net = require('net');
const { watchSocket, file } = require('./lib');

fs.writeFileSync(file('plain'), '');
const names = ['plain', 'missing', 'plain/below'];
function next() {
  if (names.length === 0) return;
  watchSocket(new net.Socket(), 'client', 'connect error close').on('close', next).connect(file(names.shift()));
}
next();
