'use strict';
// Bound sockets.
const net = require('net');

const { addressText, errorText } = require('./texts.js');

// Its address, as long as nobody has adopted or closed it.
function boundOf(object) {
  try {
    return object?.address();
  } catch {
    return undefined;
  }
}

const BOUND_PROPERTIES = [
  ['address', (bound) => addressText(boundOf(bound))],
  ['isPipe', (bound) => bound.isPipe],
];

const BOUND_ACTIONS = {
  bind(play, thing, words) {
    if (boundOf(thing.object) !== undefined) {
      return 'busy';
    }
    const other = /^[A-Dx-z]$/.test(words[0] ?? '') ? play.things.get(words[0]) : undefined;
    const flags = Object.fromEntries(words.slice(other === undefined ? 0 : 1).map((word) => [word, true]));
    try {
      thing.object = new net.BoundSocket({ ...play.endOf(thing.place, other), ...flags });
    } catch (error) {
      return `throws ${error.syscall === undefined ? error.code : errorText(error)}`;
    }
    return undefined;
  },
  address(play, { object }) {
    return addressText(object.address());
  },
  close(play, { object }) {
    object.close();
  },
  fd(play, { object }) {
    return object.fd() >= 0;
  },
};

module.exports = { BOUND_ACTIONS, BOUND_PROPERTIES, boundOf };
