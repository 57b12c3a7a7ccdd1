'use strict';
// Bound sockets: that the binding hands over what was given, and throws what the library says.
const assert = require('node:assert');
const fs = require('node:fs');
const { once } = require('node:events');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const net = require('..');

const host = '127.0.0.1';
const adopted = { code: 'ERR_SOCKET_HANDLE_ADOPTED', name: 'Error' };

test('a bound socket is adopted by a server, and another by a client', async () => {
  const near = new net.BoundSocket({ host });
  const far = new net.BoundSocket({ host });
  const [from, to] = [near.address(), far.address()];
  assert.deepStrictEqual([from.address, from.family, near.isPipe, far.fd() > 2], [host, 'IPv4', false, true]);
  const server = net.createServer((socket) => {
    assert.strictEqual(socket.remotePort, from.port);
    socket.end();
    server.close();
  }).listen(far);
  assert.strictEqual(server.address().port, to.port);
  const client = new net.Socket({ handle: near });
  assert.strictEqual(client.localPort, from.port);
  for (const bound of [near, far]) {
    for (const method of ['address', 'fd', 'close']) assert.throws(() => bound[method](), adopted);
  }
  assert.throws(() => net.createServer().listen({ handle: far }), adopted);
  assert.throws(() => new net.Socket({ handle: near }), adopted);
  client.connect(to.port, host).resume();
  await once(client, 'close');
});

test('a path', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nodenet-'));
  const name = path.join(folder, 'b');
  const bound = new net.BoundSocket({ path: name });
  assert.deepStrictEqual([bound.address(), bound.isPipe], [name, true]);
  assert.throws(() => new net.BoundSocket({ path: name }), { message: 'bind EADDRINUSE', errno: -98, syscall: 'bind' });
  bound.close();
  assert.strictEqual(fs.existsSync(name), false);
  fs.rmdirSync(folder);
});

test('what is refused', () => {
  assert.throws(() => new net.BoundSocket({ host: '192.0.2.1', port: 5 }),
                { message: 'bind EADDRNOTAVAIL 192.0.2.1:5', code: 'EADDRNOTAVAIL', address: '192.0.2.1', port: 5 });
  assert.throws(() => new net.BoundSocket({ host: 'localhost' }), { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' });
  assert.throws(() => new net.BoundSocket({ path: 'x', port: 0 }), { code: 'ERR_INVALID_ARG_VALUE' });
  assert.throws(() => new net.BoundSocket({ port: 65536 }), { code: 'ERR_SOCKET_BAD_PORT' });
  assert.throws(() => new net.BoundSocket({ ipv6Only: 1 }), { code: 'ERR_INVALID_ARG_TYPE' });
  assert.throws(() => new net.BoundSocket(7), { code: 'ERR_INVALID_ARG_TYPE' });
});

test('a server listens on another', async () => {
  const [first, second] = [net.createServer(), net.createServer()];
  first.listen(0);
  second.listen(first);
  await once(second, 'listening');
  assert.strictEqual(second.address().port, first.address().port);
  first.close();
  assert.strictEqual(second.listening, true);
  second.close();
  await once(second, 'close');
});
