'use strict';
const net = require('net');
const { watchSocket, socketState } = require('./lib');

const client = watchSocket(new net.Socket(), 'client', 'lookup connectionAttempt connect error close');
client.on('lookup', () => socketState('client', client));
client.connect(1, 'no such name');
