'use strict';
const net = require('net');
const { watchSocket, trace, hide } = require('./lib');
const { adopt, serve } = require('./scene/bound');

serve((port) => {
  const bound = new net.BoundSocket({ host: '127.0.0.1' });
  hide(bound.address().port, 'BOUND');
  hide(port, 'PORT');
  watchSocket(adopt(bound), 'client', 'connect ready data end error close').connect({
    host: 'a.name',
    port,
    lookup(host, options, callback) {
      trace(`lookup of ${host} all=${options.all ?? false}`);
      callback(null, '127.0.0.1', 4);
    },
  });
});
