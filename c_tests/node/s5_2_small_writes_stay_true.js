'use strict';
const { trace, watch, serve, connect } = require('./scene');

const c = watch(connect(serve({}, (peer) => peer.resume())), 'c');
c.on('ready', () => {
  let more = 0;
  for (let i = 0; i < 200; i++) more += c.write('ab') ? 1 : 0;
  trace('true', more, 'length', c.writableLength);
  c.end();
});
