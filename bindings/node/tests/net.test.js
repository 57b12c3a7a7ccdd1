'use strict';
// What the binding itself has to do right; what sockets and servers do is judged elsewhere.
const assert = require('node:assert');
const { execFile, spawnSync } = require('node:child_process');
const dns = require('node:dns');
const { once } = require('node:events');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { inspect, promisify } = require('node:util');
const { Worker } = require('node:worker_threads');
const net = require('..');

const MODULE = JSON.stringify(path.join(__dirname, '..'));

// Runs a program in a process of its own: it has to end by itself.
async function program(source, ...flags) {
  const code = `const net = require(${MODULE});\n${source}`;
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, '-e', code], { timeout: 30_000 });
    return { status: 0, stdout };
  } catch (error) {
    return { status: error.code, stdout: error.stdout, stderr: error.stderr };
  }
}

async function pair(options) {
  const server = net.createServer(options).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = net.connect(server.address().port, '127.0.0.1');
  const [[accepted]] = await Promise.all([once(server, 'connection'), once(client, 'connect')]);
  server.close();
  return { server, client, accepted };
}

// A server that greets whoever comes.
async function greeter(text) {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.end(text);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: server.address().port, close: () => server.close() };
}

const THROWING = `
  const server = net.createServer((socket) => { socket.end('x'); server.close(); });
  server.listen(0, '127.0.0.1', () => {
    const client = net.connect(server.address().port, '127.0.0.1');
    client.on('data', () => { throw new Error('from a listener'); });
    client.on('end', () => console.log('end'));
    client.on('close', () => console.log('close'));
  });`;

test('bytes and text go both ways', async () => {
  const { client, accepted } = await pair();
  accepted.pipe(accepted);
  client.setEncoding('utf8');
  let text = '';
  client.on('data', (chunk) => { text += chunk; });
  client.write('h\u00e9', 'latin1');
  client.write(Buffer.from([0xe2, 0x82]));
  client.write(new Uint8Array([0xac]));
  client.end('414243', 'hex');
  await once(client, 'close');
  assert.strictEqual(text, 'h\ufffd\u20acABC');
  assert.deepStrictEqual([client.bytesWritten, client.bytesRead], [8, 8]);
});

test('a process ends by itself when nothing is left', async () => {
  const { status, stdout } = await program(`
    const server = net.createServer((socket) => socket.resume());
    server.listen(0, () => net.connect(server.address().port).end('bye').on('close', () => server.close()));
    server.on('close', () => console.log('closed'));`);
  assert.deepStrictEqual({ status, stdout }, { status: 0, stdout: 'closed\n' });
});

test('what is unreferenced does not hold the process, what is referenced does', async () => {
  const { status, stdout } = await program(`
    net.createServer().listen(0).unref();
    const server = net.createServer().listen(0).unref();
    server.ref();
    setTimeout(() => { console.log('held'); server.unref(); }, 20).unref();`);
  assert.deepStrictEqual({ status, stdout }, { status: 0, stdout: 'held\n' });
});

test('what a listener throws ends the process with status 1', async () => {
  const { status, stdout, stderr } = await program(THROWING);
  assert.deepStrictEqual([status, stdout], [1, '']);
  assert.match(stderr, /Error: from a listener/);
});

test('where uncaughtException is heard the library goes on', async () => {
  const { status, stdout } = await program(
    `process.on('uncaughtException', (error) => console.log(error.message));${THROWING}`);
  assert.deepStrictEqual({ status, stdout }, { status: 0, stdout: 'from a listener\nend\nclose\n' });
});

test('what a completion throws reaches the process', async () => {
  const { status, stderr } = await program(`
    const socket = new net.Socket();
    socket.end(() => { throw new Error('from a completion'); });`);
  assert.strictEqual(status, 1);
  assert.match(stderr, /from a completion/);
});

test('an error that nobody hears ends the process', async () => {
  const { status, stderr } = await program(`net.connect(1, '127.0.0.1');`);
  assert.strictEqual(status, 1);
  assert.match(stderr, /ECONNREFUSED/);
});

test('what a lookup throws, connect throws', () => {
  const lookup = () => { throw new Error('no lookup'); };
  const socket = new net.Socket();
  assert.throws(() => socket.connect({ port: 1, host: 'name', lookup }), /no lookup/);
  socket.destroy();
});

test('a lookup that was put in the place of dns.lookup is asked', async (context) => {
  context.mock.method(dns, 'lookup', (host, options, answer) => {
    if (host === 'nowhere') answer(Object.assign(new Error('mine'), { code: 'MINE' }));
    else answer(null, [{ address: 'fe80::1', family: 6 }, { address: '127.0.0.1', family: 4 }].slice(host === 'here'));
  });
  const server = net.createServer((socket) => socket.end()).listen(0, 'two homes');
  await once(server, 'listening');
  assert.strictEqual(server.address().address, '127.0.0.1');
  const client = net.connect(server.address().port, 'here').resume();
  await once(client, 'close');
  server.close();
  await assert.rejects(once(net.createServer().listen(0, 'nowhere'), 'listening'), { code: 'MINE' });
  await assert.rejects(once(net.connect(1, 'nowhere'), 'connect'), { code: 'MINE' });
});

test('an error of the program comes back as it was', async () => {
  const mine = new RangeError('mine');
  const { client, accepted } = await pair();
  accepted.resume();
  const told = [];
  client.on('error', (error) => told.push(error));
  assert.strictEqual(client.destroy(mine), client);
  await new Promise((resolve) => client.on('close', (hadError) => resolve(told.push(hadError))));
  assert.strictEqual(told.length, 2);
  assert.strictEqual(told[0], mine);
  assert.strictEqual(told[1], true);
  assert.strictEqual(client.errored, mine);
});

test('process.exit inside a listener', async () => {
  const { status } = await program(THROWING.replace("throw new Error('from a listener')", 'process.exit(7)'));
  assert.strictEqual(status, 7);
});

test('sockets that nobody holds live until they have told close, and are collected then', async () => {
  const { status, stdout, stderr } = await program(`
    let collected = 0;
    const registry = new FinalizationRegistry(() => collected++);
    let closed = 0;
    const server = net.createServer((socket) => {
      registry.register(socket);
      socket.on('close', () => closed++).resume();
    });
    function connect() {
      const socket = net.connect(server.address().port);
      registry.register(socket);
      socket.on('connect', () => { gc(); setTimeout(() => { gc(); server.emit('go'); }, 5); });
      server.once('go', () => gc());
      socket.on('close', () => { if (++closed === 20) server.close(); });
      socket.setTimeout(20, function() { this.end(); });
    }
    server.setMaxListeners(0).listen(0, () => { for (let i = 0; i < 10; i++) connect(); });
    server.on('close', function wait() {
      gc();
      if (collected >= 18) console.log(closed);
      else setTimeout(wait, 5);
    });`, '--expose-gc');
  assert.deepStrictEqual({ status, stdout }, { status: 0, stdout: '20\n' }, stderr);
});

const ECHO = `
  const net = require(${MODULE});
  const { parentPort } = require('node:worker_threads');
  const server = net.createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1', () => {
    const client = net.connect(server.address().port, '127.0.0.1').setEncoding('utf8');
    client.write('hello');
    client.once('data', (text) => { parentPort.postMessage(text); END });
  });`;

test('each thread has a loop of its own', async () => {
  const ends = ['client.end(); server.close();', 'process.exit(0);', ''];
  await Promise.all(ends.map(async (end) => {
    const worker = new Worker(ECHO.replace('END', end), { eval: true });
    const exit = once(worker, 'exit');
    assert.deepStrictEqual(await once(worker, 'message'), ['hello']);
    if (!end) await worker.terminate();
    await exit;
  }));
});

test('a path is a path, with or without a leading NUL', async () => {
  for (const where of [path.join(os.tmpdir(), `nodenet-${process.pid}`), `\0nodenet-${process.pid}`]) {
    const server = net.createServer((socket) => socket.end()).listen(where);
    await once(server, 'listening');
    assert.strictEqual(server.address(), where);
    const client = net.connect(where).resume();
    await once(client, 'close');
    server.close();
    await once(server, 'close');
  }
});

test('abort signals, disposal and rejections', async () => {
  const controller = new AbortController();
  const server = net.createServer().listen({ port: 0, signal: controller.signal });
  await once(server, 'listening');
  const client = net.connect({ port: server.address().port, signal: controller.signal });
  await Promise.all([once(server, 'connection'), once(client, 'connect')]);
  const closed = once(server, 'close');
  controller.abort();
  const [error] = await once(client, 'error');
  assert.deepStrictEqual([error.name, error.code], ['AbortError', 'ABORT_ERR']);
  await closed;
  const other = net.createServer().listen(0);
  await once(other, 'listening');
  await other[Symbol.asyncDispose]();
  assert.strictEqual(other.listening, false);
});

test('an error that a call throws says its code', () => {
  assert.throws(() => net.connect(), (error) =>
    String(error) === `TypeError [ERR_MISSING_ARGS]: ${error.message}` && Object.keys(error).join() === 'code');
});

test('lists and addresses show what they hold, as deep as is asked for', () => {
  const [list, address] = [new net.BlockList(), new net.SocketAddress()];
  assert.strictEqual(inspect([list, address], { depth: 0 }), '[ [BlockList], [SocketAddress] ]');
  assert.strictEqual(inspect(list), 'BlockList { rules: [] }');
  assert.match(inspect(address), /^SocketAddress \{ address: '127\.0\.0\.1', port: 0/);
});

test('a connect whose signal is aborted already never connects', async () => {
  const socket = net.connect({ port: 1, host: '127.0.0.1', signal: AbortSignal.abort() });
  const attempts = [];
  socket.on('connectionAttempt', (address) => attempts.push(address));
  const [error] = await once(socket, 'error');
  assert.strictEqual(error.name, 'AbortError');
  await once(socket, 'close');
  assert.strictEqual(socket.connecting, false);
  assert.deepStrictEqual(attempts, []);
});

test('constructors work without new, and can be inherited from', () => {
  class Special extends net.Socket {}
  function Old(options) { net.Server.call(this, options); }
  Object.setPrototypeOf(Old.prototype, net.Server.prototype);
  assert.ok(net.Socket() instanceof net.Stream);
  assert.ok(net.Server() instanceof net.Server);
  assert.ok(new Special() instanceof net.Socket);
  assert.strictEqual(new Special().connecting, false);
  assert.strictEqual(new Old().listening, false);
  assert.strictEqual(net.Socket.prototype.bytesRead, undefined);
});

test('flags of Node set the defaults', async () => {
  const ask = 'console.log(net.getDefaultAutoSelectFamily(), net.getDefaultAutoSelectFamilyAttemptTimeout());';
  const { stdout } = await program(ask);
  assert.strictEqual(stdout, 'true 500\n');
  const flags = ['--no-network-family-autoselection', '--network-family-autoselection-attempt-timeout=123'];
  assert.strictEqual((await program(ask, ...flags)).stdout, 'false 123\n');
});

test('addresses and lists of them', async () => {
  assert.throws(() => new net.SocketAddress({ family: 'ipv5' }), { code: 'ERR_INVALID_ARG_VALUE' });
  assert.throws(() => new net.SocketAddress({ address: '::1' }), { code: 'ERR_INVALID_ADDRESS' });
  const address = new net.SocketAddress({ address: '::FFFF', family: 'IPv6', port: 7, flowlabel: 3 });
  assert.deepStrictEqual({ ...address.toJSON() }, { address: '::ffff', port: 7, family: 'ipv6', flowlabel: 3 });
  assert.strictEqual(net.SocketAddress.parse('[::1]:9').port, 9);
  assert.strictEqual(net.SocketAddress.parse('nothing of that kind'), undefined);
  const list = new net.BlockList();
  list.addAddress(address);
  list.addCIDR('127.0.0.0/8');
  assert.throws(() => list.addRange('10.0.0.2', '10.0.0.1'), { code: 'ERR_INVALID_ARG_VALUE' });
  assert.throws(() => list.addSubnet('10.0.0.2', 33), { code: 'ERR_OUT_OF_RANGE' });
  assert.ok(list.check('127.1.1.1') && list.check('::ffff', 'ipv6') && !list.check('10.0.0.1'));
  const copy = new net.BlockList();
  copy.fromJSON(JSON.stringify(list));
  assert.deepStrictEqual(copy.rules, ['Address: IPv6 ::ffff', 'Subnet: IPv4 127.0.0.0/8']);
  const [error] = await once(net.connect({ port: 1, host: '127.0.0.1', blockList: list }), 'close').catch((e) => [e]);
  assert.strictEqual(error.code, 'ERR_IP_BLOCKED');
});

test('a method of another object is refused', () => {
  for (const self of [{}, net.Server(), Object.create(net.Socket.prototype), null, 7]) {
    assert.throws(() => net.Socket.prototype.ref.call(self), { code: 'EBADF' });
  }
  assert.throws(() => net.Server.prototype.close.call(net.Socket()), { code: 'EBADF' });
});

test('pipe from socket to socket', async () => {
  const told = [];
  const sink = net.createServer((peer) => {
    let got = 0;
    peer.on('data', (bytes) => { got += bytes.length; }).on('end', () => told.push(got));
  }).listen(0, '127.0.0.1');
  await once(sink, 'listening');
  const server = net.createServer((from) => {
    const to = net.connect(sink.address().port, '127.0.0.1');
    to.on('pipe', (source) => told.push(['pipe', source === from]));
    to.on('unpipe', (source) => told.push(['unpipe', source === from]));
    assert.strictEqual(from.pipe(to), to);
    assert.strictEqual(from.unpipe(to).unpipe(), from);
    assert.strictEqual(from.isPaused(), true);
    from.pipe(to);
    from.on('close', () => server.close());
    to.on('close', () => sink.close());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  net.connect(server.address().port, '127.0.0.1').end(Buffer.alloc(1 << 20));
  await once(sink, 'close');
  assert.deepStrictEqual(told.filter(Array.isArray),
    [['pipe', true], ['unpipe', true], ['pipe', true], ['unpipe', true]]);
  assert.ok(told.includes(1 << 20));
  assert.throws(() => net.Socket.prototype.pipe.call(net.Server(), net.Socket()), { code: 'EBADF' });
});

test('onread fills the buffer of the caller, told with the socket as this', async () => {
  const server = net.createServer((socket) => { socket.end('hello worlds'); server.close(); }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const buffer = new Uint8Array(5);
  const got = [];
  const client = net.connect({
    port: server.address().port,
    host: '127.0.0.1',
    onread: {
      buffer,
      callback(count, given) {
        assert.strictEqual(this, client);
        assert.strictEqual(given, buffer);
        got.push(Buffer.from(given.subarray(0, count)).toString());
      },
    },
  });
  client.on('data', () => assert.fail('data'));
  await once(client, 'close');
  assert.deepStrictEqual([got, client.bytesRead], [['hello', ' worl', 'ds'], 12]);
});

test('onread asks a function for each buffer, and false stops it', async () => {
  const { port, close } = await greeter('hello world');
  const got = [];
  const given = [];
  const onread = {
    buffer() {
      given.push(Buffer.alloc(4));
      return given.at(-1);
    },
    callback(count, bytes) {
      assert.strictEqual(bytes, given.at(-1));
      got.push(bytes.toString('latin1', 0, count));
      setImmediate(() => client.resume());
      return false;
    },
  };
  const client = net.connect({ port, host: '127.0.0.1', onread });
  assert.strictEqual(given.length, 1);
  await once(client, 'close');
  close();
  assert.deepStrictEqual([got, given.length], [['hell', 'o wo', 'rld'], 4]);
});

test('onread that is none is none here either, and its buffer may throw out of connect', async () => {
  const { port, close } = await greeter('hello');
  for (const onread of [null, {}, { buffer: 'x', callback() {} }, { buffer: Buffer.alloc(1) }]) {
    const client = net.connect({ port, host: '127.0.0.1', onread });
    const [bytes] = await once(client, 'data');
    assert.strictEqual(bytes.toString(), 'hello');
    await once(client, 'close');
  }
  const socket = new net.Socket({ onread: { buffer() { throw new Error('no buffer'); }, callback() {} } });
  assert.throws(() => socket.connect(port, '127.0.0.1'), /no buffer/);
  socket.destroy();
  close();
});

test('what a callback of onread throws reaches the process', async () => {
  const { status, stderr } = await program(`
    const server = net.createServer((socket) => { socket.end('x'); server.close(); });
    server.listen(0, '127.0.0.1', () => {
      const callback = () => { throw new Error('from onread'); };
      net.connect({ port: server.address().port, host: '127.0.0.1', onread: { buffer: Buffer.alloc(9), callback } });
    });`);
  assert.strictEqual(status, 1);
  assert.match(stderr, /from onread/);
});

// What the system has of the probes of an idle connection, told by a process that is given the descriptor.
function keepAliveOf(socket) {
  const source = 'import socket as s; tcp = s.IPPROTO_TCP; peer = s.socket(fileno=3)\n' +
    'options = (s.SOL_SOCKET, s.SO_KEEPALIVE), (tcp, s.TCP_KEEPIDLE), (tcp, s.TCP_KEEPINTVL), (tcp, s.TCP_KEEPCNT)\n' +
    'print([peer.getsockopt(*option) for option in options])';
  const { status, stdout, stderr } = spawnSync('python3', ['-c', source], {
    stdio: ['ignore', 'pipe', 'pipe', socket._handle.fd], encoding: 'utf8',
  });
  assert.deepStrictEqual([status, stderr], [0, '']);
  return JSON.parse(stdout);
}

test('the probes of an idle connection are as they were asked for', async () => {
  const { client, accepted } = await pair();
  assert.strictEqual(keepAliveOf(client)[0], 0);
  assert.strictEqual(client.setKeepAlive(true, 5000, 2000, 3), client);
  assert.deepStrictEqual(keepAliveOf(client), [1, 5, 2, 3]);
  client.setKeepAlive({ enable: true, initialDelay: 7000, interval: 4000, count: 6 });
  assert.deepStrictEqual(keepAliveOf(client), [1, 7, 4, 6]);
  accepted.setKeepAlive(true, 9000);
  assert.deepStrictEqual(keepAliveOf(accepted).slice(0, 2), [1, 9]);
  accepted.setKeepAlive(false);
  assert.strictEqual(keepAliveOf(accepted)[0], 0);
  client.destroy();
  accepted.destroy();
});
