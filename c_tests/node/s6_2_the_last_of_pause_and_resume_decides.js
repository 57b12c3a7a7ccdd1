'use strict';
const { net, trace, serve, settle, watchSocket } = require('./scene');

function run(steps, then) {
  let halves = 0;
  // A round is over when the client is closed and what was sent meanwhile has settled.
  const half = () => { if (++halves === 2) then(); };
  const c = new net.Socket();
  watchSocket(c, steps.join(), 'data end');
  c.on('close', half);
  for (const step of steps) c[step]();
  c.connect(serve({}, (peer) => peer.end('hello')), '127.0.0.1');
  c.on('ready', () => settle(() => {
    if (c.isPaused()) {
      trace(steps, 'read', c.bytesRead);
      c.resume();
    }
    half();
  }));
}
run(['resume'], () => run(['pause'], () => run(['pause', 'resume'], () => run(['resume', 'pause'], () => {}))));
