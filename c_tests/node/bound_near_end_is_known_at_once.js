'use strict';
const net = require('net');
const { socketState, trace, hide, local } = require('./lib');
const { adopt, serve } = require('./scene/bound');

serve((port) => {
  const bound = new net.BoundSocket();
  hide(bound.address().port, 'BOUND');
  const client = adopt(bound);
  client.resume();
  client.connect(port, '127.0.0.1');
  socketState('client', client);
  trace(`connecting: local ${local(client)}`);
});
