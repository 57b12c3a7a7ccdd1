'use strict';
const { trace, watch, serve, connect, after, address, local, remote } = require('./scene');

const c = watch(connect(serve({}, (peer) => peer.end())), 'c');
c.resume();
c.on('close', () => {
  c.setNoDelay(true);
  c.setKeepAlive(true, 1000);
  c.setTimeout(5);
  c.pause();
  c.resume();
  c.ref();
  c.unref();
  c.cork();
  c.uncork();
  c.destroySoon();
  c.destroy();
  c.end();
  trace('buffer', c.bufferSize, 'address', address(c.address()), 'local', local(c));
  trace('remote', remote(c), 'timeout', c.timeout, 'read', c.read());
  after(30, () => trace('over'));
});
