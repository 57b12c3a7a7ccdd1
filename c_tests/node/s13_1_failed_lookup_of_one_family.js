'use strict';
const net = require('net');
const { watchSocket } = require('./lib');

const client = watchSocket(new net.Socket(), 'client', 'lookup connect error close');
client.connect({ port: 1, host: 'no such name', family: 6 });
