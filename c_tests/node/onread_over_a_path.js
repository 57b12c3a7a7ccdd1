'use strict';
const { net, file, into, make, send } = require('./scene/onread');

const server = net.createServer((peer) => { send('abcdef')(peer); server.close(); });
server.listen(file('socket'), () => make(into(4)).connect(file('socket')));
