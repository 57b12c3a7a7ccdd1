'use strict';
const { trace, serve, connect, settle } = require('./scene');

const c = connect(serve({}, (peer) => settle(() => { trace('read', peer.bytesRead); peer.destroy(); trace('read', peer.bytesRead); })));
c.on('error', () => {});
c.write('hello');
