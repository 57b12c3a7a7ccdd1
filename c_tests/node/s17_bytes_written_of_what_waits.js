'use strict';
const { trace, serve, connect, settle } = require('./scene');

const c = connect(serve({ pauseOnConnect: true }, (peer) => { peer.on('error', () => {}); settle(() => peer.destroy()); }));
const show = (where) => trace(where, c.bytesWritten);
c.on('ready', () => {
  c.write(Buffer.alloc(30000000));
  show('one write');
  c.write('x');
  show('two writes');
  c.end('y');
  show('end');
  c.resetAndDestroy();
});
