'use strict';
const { watch, serve, connect } = require('./scene');

const c = connect(serve({}, (peer) => { watch(peer, 's'); peer.write('go'); }));
c.once('data', () => c.resetAndDestroy());
