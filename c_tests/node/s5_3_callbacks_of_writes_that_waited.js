'use strict';
const { trace, watch, done, serve, connect } = require('./scene');

const total = 2000;
let next = 0;
let wrong = 0;
const c = watch(connect(serve({}, (peer) => peer.resume())), 'c');
c.on('connect', () => trace('callbacks', next));
c.on('ready', () => c.end(done('end')));
c.on('finish', () => trace('callbacks', next, 'wrong', wrong));
for (let i = 0; i < total; i++) {
  c.write('x', () => {
    if (i !== next) wrong++;
    next++;
  });
}
