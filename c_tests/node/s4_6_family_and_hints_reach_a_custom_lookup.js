'use strict';
const dns = require('dns');
const net = require('net');
const { trace } = require('./lib');

// The numbers of the hints are the system's in Node; here they are 1, 2 and 4.
const bits = (hints) => (hints & dns.ADDRCONFIG ? 1 : 0) | (hints & dns.V4MAPPED ? 2 : 0) | (hints & dns.ALL ? 4 : 0);

function lookup(host, { family, hints, all }, answer) {
  trace(`lookup of ${host} family=${family ?? 0} hints=${bits(hints)} all=${all ?? false}`);
  process.nextTick(answer, new Error('no'));
}
const asked = [[4, 0], [6, 0], [0, 0], [undefined, dns.V4MAPPED], [6, dns.V4MAPPED], [6, dns.V4MAPPED | dns.ALL]];
for (const [family, hints] of asked) {
  new net.Socket().on('error', () => {}).connect({ port: 1, host: 'name', family, hints, lookup });
}
for (const options of [{ autoSelectFamily: false }, { localAddress: '127.0.0.1' }]) {
  new net.Socket().on('error', () => {}).connect({ port: 1, host: 'name', lookup, ...options });
}
