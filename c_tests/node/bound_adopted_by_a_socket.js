'use strict';
const net = require('net');
const { socketState, watchSocket, trace, hide, local } = require('./lib');
const { adopt, serve } = require('./scene/bound');

serve((port) => {
  const bound = new net.BoundSocket({ host: '127.0.0.1' });
  hide(bound.address().port, 'BOUND');
  hide(port, 'PORT');
  const client = watchSocket(adopt(bound), 'client',
    'lookup connect ready data end error close connectionAttempt connectionAttemptFailed');
  socketState('client', client);
  trace(`before: local ${local(client)}`);
  client.connect(port, '127.0.0.1');
});
