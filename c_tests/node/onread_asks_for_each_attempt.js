'use strict';
const { net, trace, hide, watchSocket, asking, make, send } = require('./scene/onread');

const server = net.createServer((peer) => { send('abcdef')(peer); server.close(); });
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  hide(port, 'PORT');
  const client = watchSocket(make(asking(20)), 'client', 'connectionAttempt connectionAttemptFailed');
  const addresses = ['127.0.0.2', '127.0.0.1'].map((address) => ({ address, family: 4 }));
  const lookup = (host, options, answer) => { trace('lookup'); process.nextTick(answer, null, addresses); };
  client.connect({ port, host: 'name', autoSelectFamily: true, lookup });
  trace('connect has returned');
});
