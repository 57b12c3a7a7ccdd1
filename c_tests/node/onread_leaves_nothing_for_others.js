'use strict';
const { trace, into, receive } = require('./scene/onread');

const client = receive('hello', into(5));
client.on('data', (bytes) => trace('data', bytes));
client.on('readable', () => trace('readable', client.read()));
