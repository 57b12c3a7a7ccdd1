'use strict';
const { trace, serve, connect } = require('./scene');

const count = 1000;
const c = connect(serve({ noDelay: true }, (peer) => peer.on('data', (bytes) => peer.write(bytes))), { noDelay: true });
let sent = 0;
let wrong = 0;
const ping = () => c.write(`PING ${sent}`);
c.on('connect', ping);
c.on('data', (bytes) => {
  if (String(bytes) !== `PING ${sent}`) wrong++;
  if (++sent < count) ping(); else c.end();
});
c.on('close', () => trace('sent', sent, 'wrong', wrong));
