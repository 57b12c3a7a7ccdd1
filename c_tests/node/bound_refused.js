'use strict';
const net = require('net');
const { trace, error, file } = require('./lib');

function refused(name, options) {
  try {
    new net.BoundSocket(options);
    trace(`${name}: not refused`);
  } catch (err) {
    trace(`${name}: ${error(err)}`);
  }
}
refused("nobody's address", { host: '192.0.2.1' });
refused('with a port', { host: '192.0.2.1', port: 5 });
refused('a name', { host: 'localhost' });
refused('no folder', { path: file('folder/b') });
refused('too long', { path: 'x'.repeat(199) });
const first = new net.BoundSocket({ path: file('b') });
refused('again', { path: file('b') });
first.close();
