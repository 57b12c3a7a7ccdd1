'use strict';
const net = require('net');
const { trace, error, watchServer } = require('./lib');

const server = watchServer(net.createServer(), 'server', 'listening error close');
server.close((err) => {
  trace(`never listened: ${error(err)}`);
  server.listen(0, () => {
    server.close((err) => trace(`running: ${error(err)}`));
    server.close((err) => trace(`closed already: ${error(err)}`));
  });
});
trace('main done');
