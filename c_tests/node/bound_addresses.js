'use strict';
const net = require('net');
const fs = require('fs');
const { trace, hide, address, file } = require('./lib');

function traceBound(name, bound) {
  const at = bound.address();
  if (at.port) hide(at.port, 'PORT');
  trace(`${name}: ${address(at)} isPipe=${bound.isPipe} fd=${bound.fd() > 2}`);
  return bound;
}
hide(process.pid, 'PID');
const all = [
  traceBound('no options', new net.BoundSocket()),
  traceBound('ipv6Only', new net.BoundSocket({ ipv6Only: true })),
  traceBound('127.0.0.1', new net.BoundSocket({ host: '127.0.0.1' })),
  traceBound('::', new net.BoundSocket({ host: '::' })),
  traceBound('path', new net.BoundSocket({ path: file('b') })),
  traceBound('abstract', new net.BoundSocket({ path: `\0nodenet-bound-${process.pid}` })),
];
all.forEach((bound) => bound.close());
trace(`file=${fs.existsSync(file('b'))}`);
