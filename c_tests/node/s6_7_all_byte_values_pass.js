'use strict';
const { trace, serve, connect } = require('./scene');

const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
const c = connect(serve({}, (peer) => peer.on('data', (bytes) => peer.write(bytes))));
const back = [];
for (let i = 0; i < 256; i++) c.write(all.subarray(i, i + 1));
c.end(all);
c.on('data', (bytes) => back.push(bytes));
c.on('end', () => trace('same', Buffer.concat(back).equals(Buffer.concat([all, all]))));
