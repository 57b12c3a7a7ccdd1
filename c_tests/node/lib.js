'use strict';
// The counterpart of harness.h: what it prints here, trace() there prints letter by letter.

const fs = require('fs');
const os = require('os');
const path = require('path');

const hidden = [];

function hide(value, label) {
  hidden.unshift([String(value), label]);
}

function hiddenAt(line, at) {
  return hidden.find(([value]) => {
    if (!line.startsWith(value, at)) return false;
    if (!/^[0-9]/.test(value)) return true;
    return !/[0-9]/.test(line[at - 1] ?? '') && !/[0-9]/.test(line[at + value.length] ?? '');
  });
}

// fs.writeSync and not console.log: a stream of Node's own would add ticks to those of the scenario.
function trace(line) {
  let shown = '';
  for (let at = 0; at < line.length;) {
    const entry = hiddenAt(line, at);
    shown += entry ? entry[1] : line[at];
    at += entry ? entry[0].length : 1;
  }
  fs.writeSync(1, shown + '\n');
}

function error(err) {
  if (err === null || err === undefined) return 'null';
  let shown = `${err.name} ${err.code}`;
  for (const key of ['errno', 'syscall', 'address', 'port', 'localAddress', 'localPort', 'hostname', 'host']) {
    if (err[key] != null) shown += ` ${key}=${err[key]}`;
  }
  shown += ` message="${err.message}"`;
  (err.errors ?? []).forEach((each, i) => { shown += ` errors[${i}]={${error(each)}}`; });
  return shown;
}

function data(bytes) {
  if (bytes.length > 64) return `${bytes.length} bytes`;
  return [...Buffer.from(bytes)].map((byte) => (byte >= 0x20 && byte < 0x7f && byte !== 0x5c
    ? String.fromCharCode(byte) : '\\x' + byte.toString(16).padStart(2, '0'))).join('');
}

// address() of a server or socket, in the words of text_address().
function address(found, absent = 'undefined') {
  if (found === null || found === undefined || found.address === undefined && typeof found !== 'string') return absent;
  if (typeof found === 'string') return `path ${data(Buffer.from(found))}`;
  return `${found.address} ${found.port} ${found.family}`;
}

function local(socket) {
  return address({ address: socket.localAddress, port: socket.localPort, family: socket.localFamily });
}

function remote(socket) {
  return address({ address: socket.remoteAddress, port: socket.remotePort, family: socket.remoteFamily });
}

const socketEvents = {
  data: (chunk) => ` ${chunk.length} ${data(chunk)}`,
  error: (err) => ` ${error(err)}`,
  close: (hadError) => ` ${hadError}`,
  lookup: (err, ip, family, host) => ` ${error(err)} ${ip} ${family} ${host}`,
  connectionAttempt: (ip, port, family) => ` ${ip} ${port} IPv${family}`,
  connectionAttemptFailed: (ip, port, family, err) => ` ${ip} ${port} IPv${family} ${error(err)}`,
};

const serverEvents = {
  error: (err) => ` ${error(err)}`,
  drop: (info) => ` local=${info.localAddress} ${info.localPort} ${info.localFamily}` +
    ` remote=${info.remoteAddress} PORT ${info.remoteFamily}`,
};

function watch(handle, name, events, shapes) {
  for (const event of events.split(' ')) {
    handle.on(event, (...args) => trace(`${name} ${event}${shapes[event] ? shapes[event](...args) : ''}`));
  }
  return handle;
}

const watchSocket = (socket, name, events) => watch(socket, name, events, socketEvents);
const watchServer = (server, name, events) => watch(server, name, events, serverEvents);

function socketState(name, s) {
  trace(`${name} state ${s.readyState} connecting=${s.connecting} pending=${s.pending} destroyed=${s.destroyed}` +
    ` closed=${s.closed} readable=${s.readable} writable=${s.writable}`);
}

function serverState(name, server) {
  trace(`${name} listening=${server.listening} address=${address(server.address(), 'null')}`);
}

// What is traced when nothing is left to wait for, as after run() in C; before the directory goes.
const last = [];
process.on('exit', () => {
  last.forEach((run) => run());
  if (made) fs.rmSync(made, { recursive: true, force: true });
});
const atExit = (run) => last.push(run);

let made;
function dir() {
  if (!made) {
    made = fs.mkdtempSync(path.join(os.tmpdir(), 'nodenet-'));
    hide(made, 'DIR');
  }
  return made;
}

const file = (name) => path.join(dir(), name);

// Without a host the bind is done inside listen(), so that the port is known on the next line.
function listenLocal(server) {
  server.listen(0);
  const { port } = server.address();
  hide(port, 'PORT');
  return port;
}

// A port that nobody listens on, handed to `then`.
function unusedPort(then) {
  const server = require('net').createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => { hide(port, 'UNUSED'); then(port); });
  });
}

module.exports = {
  trace, hide, error, data, address, local, remote, watchSocket, watchServer, socketState, serverState, dir, file,
  listenLocal, unusedPort, atExit,
};
