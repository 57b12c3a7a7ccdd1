'use strict';
const net = require('net');
const { atExit, trace, watchSocket, socketState } = require('./lib');

const socket = watchSocket(new net.Socket(), 'socket', 'lookup connect error close');
socket.connect({ port: 1, host: 'name', lookup: (host) => trace(`asked for ${host}`) });
atExit(() => socketState('left', socket));
