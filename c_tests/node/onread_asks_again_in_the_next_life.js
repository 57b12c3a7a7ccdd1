'use strict';
const { serve, send, asking, receive } = require('./scene/onread');

const client = receive('abc', asking(3));
const next = serve({}, send('abc'));
client.once('close', () => client.connect(next, '127.0.0.1'));
