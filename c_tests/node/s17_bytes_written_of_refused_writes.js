'use strict';
const { trace, serve, connect } = require('./scene');

const c = connect(serve({}, (peer) => { peer.on('error', () => {}); peer.resume(); }));
c.on('error', () => {});
c.on('ready', () => {
  c.end('abc');
  c.write('defg');
  trace('written', c.bytesWritten);
});
c.on('close', () => trace('close', c.bytesWritten));
