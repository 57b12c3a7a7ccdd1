'use strict';
const { trace, serve, connect } = require('./scene');

const c = connect(serve({}, (peer) => peer.resume()));
const show = (where) => trace(where, c.bytesWritten);
c.on('ready', () => {
  c.cork();
  c.write('hello');
  show('one write');
  c.write('you');
  show('two writes');
  c.uncork();
  show('uncork');
  c.end();
});
c.on('close', () => show('close'));
