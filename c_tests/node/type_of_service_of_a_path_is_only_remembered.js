'use strict';
const { net, file, say, mark, ends } = require('./scene/service');

const server = net.createServer((peer) => { server.close(); peer.resume(); });
server.listen(file('socket'), () => {
  const socket = new net.Socket({ typeOfService: 7 }).connect(file('socket'));
  say(socket, 'connecting');
  mark(socket, 255);
  ends(socket);
});
