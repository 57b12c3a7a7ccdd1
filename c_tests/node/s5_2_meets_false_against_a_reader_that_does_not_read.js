'use strict';
const { trace, watch, serve, connect, settle } = require('./scene');

const chunk = Buffer.alloc(65536);
let accepted;
let sent = 0;
let got = 0;
const c = watch(connect(serve({ pauseOnConnect: true }, (peer) => {
  peer.on('data', (bytes) => { got += bytes.length; });
  peer.on('end', () => trace('peer got all', got === sent));
  accepted = peer;
})), 'c');
c.on('ready', () => {
  let more = true;
  while (more) {
    more = c.write(chunk);
    sent += chunk.length;
  }
  trace('late', c.write('late'));
  sent += 4;
  settle(() => accepted.resume());
});
c.on('drain', () => { trace('length', c.writableLength); c.end(); });
