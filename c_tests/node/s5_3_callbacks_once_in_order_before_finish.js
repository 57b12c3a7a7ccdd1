'use strict';
const { trace, watch, done, serve, connect } = require('./scene');

const total = 20000;
let next = 0;
let wrong = 0;
const c = watch(connect(serve({}, (peer) => peer.resume())), 'c');
c.on('ready', () => {
  for (let i = 0; i < total; i++) {
    c.write('x', () => {
      if (i !== next) wrong++;
      next++;
    });
  }
  trace('returned', next);
  c.end(done('end'));
});
c.on('finish', () => trace('callbacks', next, 'wrong', wrong));
