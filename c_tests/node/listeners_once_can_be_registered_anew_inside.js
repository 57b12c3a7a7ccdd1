'use strict';
const { net, trace } = require('./scene');

const server = new net.Server();
let left = 3;
const again = () => {
  trace('left', left);
  if (--left > 0) {
    server.once('close', again);
    server.close();
  }
};
server.once('close', again);
server.close();
