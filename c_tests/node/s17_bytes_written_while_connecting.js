'use strict';
const { trace, serve, connect } = require('./scene');

const c = connect(serve({}, (peer) => peer.resume()));
const show = (where) => trace(where, c.bytesWritten);
show('new');
c.write('hello');
show('one write');
c.write('h\u00e9');
show('two writes');
c.on('connect', () => show('connect'));
c.on('ready', () => { show('ready'); c.end('bye'); show('end'); });
c.on('finish', () => show('finish'));
c.on('close', () => show('close'));
