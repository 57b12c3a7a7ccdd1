'use strict';
const { execFileSync } = require('child_process');
const fs = require('fs');
const net = require('net');
const { trace, file } = require('./lib');

// In namespaces of its own, where no address can be reached, the resolver puts the link-local one first.
if (process.argv[2] !== 'inside') {
  fs.writeFileSync(file('hosts'), 'fe80::1 two-homes\n10.9.9.9 two-homes\n');
  const script = 'mount --bind "$0" /etc/hosts && exec "$1" "$2" inside';
  execFileSync('unshare', ['-Urmn', 'sh', '-c', script, file('hosts'), process.execPath, __filename],
    { stdio: 'inherit' });
} else {
  const server = net.createServer().listen(0, 'two-homes');
  // Whether an address that is not this machine's can be bound is the system's business, not the subject.
  server.on('error', (err) => trace(`tried ${err.address}`));
  server.on('listening', () => {
    trace(`tried ${server.address().address}`);
    server.close();
  });
}
