'use strict';
const fs = require('fs');
const net = require('net');
const { execFileSync } = require('child_process');
const { watchServer, file } = require('./lib');

const watched = (name) => watchServer(net.createServer(), name, 'listening connection close error');
execFileSync('mkfifo', [file('pipe')]);
const datagrams = require('dgram').createSocket('udp4');
datagrams.bind(0, () => {
  watched('file').listen({ fd: fs.openSync('/dev/null') });
  watched('folder').listen({ fd: fs.openSync('/') });
  watched('closed').listen({ fd: 999 });
  watched('datagrams').listen({ fd: fs.openSync('/dev/null') });
  watched('pipe').listen({ fd: fs.openSync(file('pipe'), fs.constants.O_RDWR | fs.constants.O_NONBLOCK) });
  datagrams.close();
});
