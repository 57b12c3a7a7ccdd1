'use strict';
const fs = require('fs');
const net = require('net');
const { trace } = require('./lib');
const { code } = require('./scene/bound');

trace(`file: ${code(() => new net.Socket({ fd: fs.openSync('/dev/null') }))}`);
trace(`folder: ${code(() => new net.Socket({ fd: fs.openSync('/') }))}`);
trace(`closed: ${code(() => new net.Socket({ fd: 999 }))}`);
