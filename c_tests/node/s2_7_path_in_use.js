'use strict';
const fs = require('fs');
const net = require('net');
const { trace, watchServer, file } = require('./lib');

const path = file('s');
const first = net.createServer().listen(path);
const second = watchServer(net.createServer(), 'second', 'listening error close');
second.listen(path);
second.on('error', () => {
  trace(`file=${fs.existsSync(path)}`);
  first.close();
});
