'use strict';
// The counterpart of harness/scene.h: one server that takes one connection, one client, and small listeners.

const net = require('net');
const lib = require('../lib');

const trace = (...parts) => lib.trace(parts.map(String).join(' '));

// Every event that needs no reader. The close of a socket without a handle has no argument in Node.
function watch(socket, name) {
  lib.watchSocket(socket, name, 'connect ready end drain finish timeout error');
  return socket.on('close', (hadError) => trace(name, 'close', Boolean(hadError)));
}

// A completion that is traced.
const done = (label) => (error) => trace(label, lib.error(error));

function serve(options, onConnection) {
  const server = net.createServer(options);
  server.on('connection', () => server.close());
  server.on('connection', onConnection);
  // No host: with one Node binds a tick later.
  server.listen(0);
  lib.hide(server.address().port, 'PORT');
  return server.address().port;
}

const connect = (port, options) => net.connect({ port, host: '127.0.0.1', ...options });

// The next task of Node's tick queue that a program of the library's can ask for too.
const idle = new net.Server();
const tick = (line) => idle.getConnections(() => trace(line));
const tickDo = (call) => idle.getConnections(() => call());

// What was sent before has arrived when a later connection has had its answer.
function settle(then) {
  const server = net.createServer((peer) => { server.close(); peer.pipe(peer); });
  server.listen(0);
  const asking = net.connect(server.address().port, '127.0.0.1');
  asking.write('?');
  asking.once('data', () => asking.end());
  asking.on('close', then);
}

// A client `feeder` with its peer `a`, a client `sink` with its peer `b`; `then` when all four are connected.
function pairs(then, ofA, ofB, ofSink) {
  const all = {};
  let missing = 4;
  const one = () => { if (--missing === 0) then(all); };
  all.feeder = connect(serve(ofA, (peer) => { all.a = peer; one(); })).on('connect', one);
  all.sink = connect(serve(ofB, (peer) => { all.b = peer; one(); }), ofSink).on('connect', one);
}

let calling = false;

// What Node emits inside of this, the library tells on a tick that it adds there.
function call(action) {
  calling = true;
  action();
  calling = false;
}

const tell = (line) => { if (calling) process.nextTick(trace, line); else trace(line); };

// What a pipe makes happen at either end; `names` are those of all sockets.
function watchPipe(socket, names) {
  const name = (one) => Object.keys(names).find((key) => names[key] === one);
  lib.watchSocket(socket, name(socket), 'end drain finish error close');
  socket.on('pause', () => tell(`${name(socket)} pause`));
  socket.on('resume', () => tell(`${name(socket)} resume`));
  socket.on('pipe', (source) => tell(`${name(socket)} pipe ${name(source)}`));
  socket.on('unpipe', (source) => tell(`${name(socket)} unpipe ${name(source)}`));
}

const after = (milliseconds, then) => setTimeout(then, milliseconds);

module.exports = { ...lib, net, trace, watch, done, serve, connect, tick, tickDo, settle, pairs, watchPipe, call, after };
