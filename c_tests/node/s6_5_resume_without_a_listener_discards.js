'use strict';
const { trace, serve, connect } = require('./scene');

connect(serve({}, (peer) => {
  peer.resume();
  peer.on('end', () => trace('read', peer.bytesRead, 'length', peer.readableLength));
})).end(Buffer.alloc(300000));
