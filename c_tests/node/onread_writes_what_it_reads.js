'use strict';
const { trace, data, serve, into, make } = require('./scene/onread');

const port = serve({}, (peer) => {
  peer.on('data', (bytes) => trace('peer data', data(bytes)));
  peer.write('abcdefgh');
});
const client = make(into(4, (buffer) => {
  client.write(Buffer.from(buffer));
  if (client.bytesRead === 8) client.end();
}));
client.connect(port, '127.0.0.1');
