'use strict';
const net = require('net');
const { watchSocket } = require('./lib');

const client = watchSocket(new net.Socket(), 'client', 'lookup connect error close');
const error = Object.assign(new Error('no idea'), { code: 'NOIDEA' });
client.connect({ port: 1, host: 'name', lookup: (host, options, answer) => process.nextTick(answer, error) });
