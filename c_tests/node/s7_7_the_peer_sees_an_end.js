'use strict';
const { watch, serve, connect } = require('./scene');

const c = connect(serve({}, (peer) => { watch(peer, 's'); peer.resume(); }));
c.on('ready', () => c.destroy());
