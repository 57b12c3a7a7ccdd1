'use strict';
// What the scenarios of bound sockets share.

const net = require('net');
const lib = require('../lib');
const scene = require('.');

// The code of what a call throws.
function code(call) {
  try {
    call();
    return 'OK';
  } catch (err) {
    return err.code;
  }
}

function uses(bound) {
  for (const method of ['address', 'fd', 'close']) lib.trace(`${method}: ${code(() => bound[method]())}`);
}

function adopt(bound) {
  const socket = new net.Socket({ handle: bound });
  lib.trace(`old handle: ${code(() => bound.close())}`);
  return socket;
}

function onConnection(server, socket) {
  lib.trace(`server sees ${lib.remote(socket)}`);
  socket.end('bye');
  server?.close();
}

const serve = (then) => then(scene.serve({}, (socket) => onConnection(null, socket)));

module.exports = { code, uses, adopt, onConnection, serve };
