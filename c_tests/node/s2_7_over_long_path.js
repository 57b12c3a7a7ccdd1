'use strict';
const fs = require('fs');
const net = require('net');
const { trace, hide, watchServer, watchSocket, dir, atExit } = require('./lib');

// One byte more than sun_path has: 108 are taken, without a NUL.
const path = dir() + '/' + 'x'.repeat(109 - dir().length - 1);
hide(path, 'LONG');
watchServer(net.createServer(), 'server', 'listening error close').listen(path);
watchSocket(net.connect(path), 'client', 'connect error close');
trace('main done');
atExit(() => trace(`files=${fs.readdirSync(dir()).length}`));
