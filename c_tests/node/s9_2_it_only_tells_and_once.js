'use strict';
const { trace, watch, done, serve, connect, after, socketState } = require('./scene');

let got = '';
const c = watch(connect(serve({}, (peer) => peer.on('data', (bytes) => { got += bytes; }))), 'c');
c.on('ready', () => c.setTimeout(30));
let times = 0;
c.on('timeout', () => {
  socketState('c', c);
  if (++times === 1) after(120, () => { trace('times', times); trace('write', c.write('x', done('x'))); });
  else c.end();
});
c.on('close', () => trace('peer got', got));
