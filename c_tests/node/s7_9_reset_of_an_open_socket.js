'use strict';
const { trace, watch, serve, connect } = require('./scene');

let seen = '';
const c = connect(serve({}, (peer) => { watch(peer, 's'); peer.write('go'); peer.on('close', () => trace(seen)); }));
c.on('end', () => { seen += ' end'; });
c.on('error', () => { seen += ' error'; });
c.on('close', (hadError) => { seen += ` close ${hadError}`; });
c.on('data', () => { c.resetAndDestroy(); trace('destroyed', c.destroyed); });
