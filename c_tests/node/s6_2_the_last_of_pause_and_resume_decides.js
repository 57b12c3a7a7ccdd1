'use strict';
const { net, trace, serve, settle, watchSocket } = require('./scene');

function run(steps, then) {
  const c = new net.Socket();
  watchSocket(c, steps.join(), 'data end');
  c.on('close', then);
  for (const step of steps) c[step]();
  c.connect(serve({}, (peer) => peer.end('hello')), '127.0.0.1');
  c.on('ready', () => settle(() => {
    trace(steps, 'read', c.bytesRead, 'paused', c.isPaused());
    if (c.isPaused()) c.resume();
  }));
}
run(['resume'], () => run(['pause'], () => run(['pause', 'resume'], () => run(['resume', 'pause'], () => {}))));
