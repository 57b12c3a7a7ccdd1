'use strict';
const { net, trace, serve } = require('./scene');

const c = new net.Socket();
let lives = 0;
const start = () => c.connect(serve({}, (peer) => peer.end('hi')), '127.0.0.1');
c.on('ready', () => { trace('ready', c.bytesRead, c.bytesWritten); c.end('hello'); });
c.on('data', () => {});
c.on('close', () => {
  trace('close', c.bytesRead, c.bytesWritten);
  if (++lives < 3) {
    start();
    trace('connecting', c.bytesRead, c.bytesWritten);
  }
});
start();
