'use strict';
const net = require('net');
const { trace } = require('./lib');

for (const from of [{ localAddress: '127.0.0.1' }, { family: 4 }, { family: 6 }, { localPort: 1 }, {}]) {
  new net.Socket().on('error', () => {}).connect({
    port: 1, host: 'name', ...from,
    lookup: (host, { all }, answer) => {
      trace(`all=${all ?? false}`);
      process.nextTick(answer, new Error('no'));
    },
  });
}
