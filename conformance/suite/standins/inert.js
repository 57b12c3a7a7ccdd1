'use strict';
// A net that takes every call and does nothing. A test that passes with it is no evidence for anybody.
const { EventEmitter } = require('events');

const address = { address: '127.0.0.1', family: 'IPv4', port: 1 };

// A class whose instances know the methods and never emit anything; callable without `new`, as Node's are.
function inert(methods) {
  function Inert() {
    return new.target ? this : new Inert();
  }
  Inert.prototype = Object.create(EventEmitter.prototype, { constructor: { value: Inert } });
  for (const method of methods.split(' ')) {
    Inert.prototype[method] = function() {
      return method === 'address' ? address : this;
    };
  }
  return Inert;
}

const Server = inert('address close getConnections listen ref unref');
const Socket = inert('address connect cork destroy destroySoon end pause pipe read ref resetAndDestroy resume ' +
  'setEncoding setKeepAlive setNoDelay setTimeout setTypeOfService uncork unref write');
const defaults = { family: true, timeout: 250 };

module.exports = {
  Server,
  Socket,
  Stream: Socket,
  BlockList: inert('addAddress addRange addSubnet'),
  SocketAddress: inert('toJSON'),
  connect: () => new Socket(),
  createConnection: () => new Socket(),
  createServer: () => new Server(),
  isIP: () => 0,
  isIPv4: () => false,
  isIPv6: () => false,
  getDefaultAutoSelectFamily: () => defaults.family,
  setDefaultAutoSelectFamily: (on) => { defaults.family = on; },
  getDefaultAutoSelectFamilyAttemptTimeout: () => defaults.timeout,
  setDefaultAutoSelectFamilyAttemptTimeout: (ms) => { defaults.timeout = ms; },
};
