'use strict';
const { trace, after, into, receive } = require('./scene/onread');

const client = receive('abcdefgh', into(30, () => {
  trace('paused', client.isPaused(), 'flowing', client.readableFlowing);
  after(20, () => client.destroy());
  return false;
}));
