'use strict';
const net = require('net');
const { trace, watchSocket, listenLocal } = require('./lib');

const server = net.createServer();
const port = listenLocal(server);
server.on('connection', (accepted) => {
  let got = '';
  accepted.on('data', (data) => { got += data; });
  accepted.on('end', () => trace(`the server got ${got}`));
  server.close();
});
const socket = watchSocket(new net.Socket(), 'socket', 'connect finish close').resume();
socket.connect(port, '127.0.0.1');
trace(`write ${socket.write('one')}`);
trace(`write ${socket.write('two', () => trace('two is written'))}`);
trace(`bytesWritten=${socket.bytesWritten} bufferSize=${socket.bufferSize}`);
socket.end('three');
socket.on('connect', () => trace(`bytesWritten=${socket.bytesWritten}`));
