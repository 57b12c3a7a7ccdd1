'use strict';
// Node's own net with the one fault that STANDIN_FAULT names, or with none.
const net = require('net');

// createServer, and a Server that can be called without `new`, as Node's can.
function serversOf(Server) {
  const callable = new Proxy(Server, { apply: (target, self, args) => new target(...args) });
  return { Server: callable, createServer: (...args) => new Server(...args) };
}

const faults = {
  none: () => ({}),
  isIPv4: () => ({ isIPv4: () => true }),
  unref: () => serversOf(class extends net.Server {
    unref() { return this; }
  }),
  close: () => serversOf(class extends net.Server {
    emit(event, ...args) { return event !== 'close' && super.emit(event, ...args); }
  }),
  // Nobody hears of the exceptions of listeners and callbacks.
  swallow: () => {
    const muffled = (argument) => (typeof argument !== 'function' ? argument : function(...args) {
      try {
        return argument.apply(this, args);
      } catch {
        return undefined;
      }
    });
    for (const method of ['on', 'once', 'write', 'end', 'listen', 'connect', 'close', 'getConnections', 'setTimeout']) {
      for (const { prototype } of [net.Server, net.Socket]) {
        const original = prototype[method];
        if (original) prototype[method] = function(...args) { return original.apply(this, args.map(muffled)); };
      }
    }
    return {};
  },
};

module.exports = { ...net, ...faults[process.env.STANDIN_FAULT ?? 'none']() };
