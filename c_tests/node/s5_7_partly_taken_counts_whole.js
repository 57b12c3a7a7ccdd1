'use strict';
const { trace, watch, done, serve, connect, settle } = require('./scene');

let accepted;
const c = watch(connect(serve({ pauseOnConnect: true }, (peer) => { accepted = peer; })), 'c');
c.on('ready', () => {
  trace('write', c.write(Buffer.alloc(30000000), done('big')), 'length', c.writableLength);
  trace('write', c.write('1234', done('small')), 'length', c.writableLength);
  settle(() => accepted.resume());
});
c.on('drain', () => { trace('length', c.writableLength); c.end(); });
