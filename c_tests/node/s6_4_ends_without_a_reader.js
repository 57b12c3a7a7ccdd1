'use strict';
const { watch, serve, connect } = require('./scene');

const c = connect(serve({}, (peer) => watch(peer, 's')));
c.on('ready', () => c.end());
