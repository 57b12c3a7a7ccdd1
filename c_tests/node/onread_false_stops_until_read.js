'use strict';
const { trace, after, into, receive } = require('./scene/onread');

const client = receive('abcdefgh', into(3, () => {
  after(5, () => trace('reading gives', client.read()));
  return false;
}));
