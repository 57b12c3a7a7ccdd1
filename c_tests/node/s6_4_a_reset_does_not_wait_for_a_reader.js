'use strict';
const { trace, watch, serve, connect, settle } = require('./scene');

let c;
const port = serve({}, (peer) => {
  watch(peer, 's');
  settle(() => { trace('length', peer.readableLength); c.resetAndDestroy(); });
});
c = connect(port);
c.write('x');
