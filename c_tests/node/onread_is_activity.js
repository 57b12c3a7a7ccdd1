'use strict';
const { trace, after, serve, into, make } = require('./scene/onread');

const port = serve({}, (peer) => {
  peer.resume().write('a');
  after(200, () => peer.write('b'));
  after(350, () => trace('still open'));
});
const client = make(into(4));
client.setTimeout(300);
client.on('timeout', () => client.destroy());
client.connect(port, '127.0.0.1');
