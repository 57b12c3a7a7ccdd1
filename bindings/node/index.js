'use strict';
// What Node's module `net` offers, over nodenet. Here is what belongs to JavaScript: calling forms, checks of
// arguments, text and its encodings, listeners. What a server or a socket does is the library's, and every property
// is a question to it: see src.

const EventEmitter = require('events');
const { StringDecoder } = require('string_decoder');
const { inspect, types } = require('util');
const dns = require('dns');
const { pipe } = require('stream').prototype; // the legacy one: listeners, write, pause and resume
const native = require('./build/nodenet.node');

const kDecoder = Symbol('decoder');
const kEncoding = Symbol('encoding');
const kPort = Symbol('port');
const ownLookup = dns.lookup;
const MOST_MILLISECONDS = 2 ** 31 - 1;

// Errors that a call throws.

function failure(Type, code, message) {
  const error = Object.assign(new Type(message), { code });
  // Node's own name their code here, and programs look for it.
  const toString = () => `${error.name} [${code}]: ${error.message}`;
  return Object.defineProperty(error, 'toString', { value: toString, configurable: true, writable: true });
}

function received(value) {
  if (value == null) return `${value}`;
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'object') {
    const name = value.constructor?.name;
    return name ? `an instance of ${name}` : inspect(value, { depth: -1 });
  }
  const text = inspect(value, { colors: false });
  return `type ${typeof value} (${text.length > 28 ? `${text.slice(0, 25)}...` : text})`;
}

function badType(name, expected, value) {
  const kind = name.includes('.') ? 'property' : 'argument';
  return failure(TypeError, 'ERR_INVALID_ARG_TYPE',
                 `The "${name}" ${kind} must be ${expected}. Received ${received(value)}`);
}

function badValue(name, value, reason = 'is invalid') {
  const kind = name.includes('.') ? 'property' : 'argument';
  const text = inspect(value);
  return failure(TypeError, 'ERR_INVALID_ARG_VALUE',
                 `The ${kind} '${name}' ${reason}. Received ${text.length > 128 ? `${text.slice(0, 128)}...` : text}`);
}

function outOfRange(name, range, value) {
  return failure(RangeError, 'ERR_OUT_OF_RANGE',
                 `The value of "${name}" is out of range. It must be ${range}. Received ${inspect(value)}`);
}

function checkType(type, value, name) {
  if (typeof value !== type) throw badType(name, type === 'object' ? 'of type object' : `of type ${type}`, value);
}

function checkInteger(value, name, least, most) {
  checkType('number', value, name);
  if (!Number.isInteger(value)) throw outOfRange(name, 'an integer', value);
  if (value < least || value > most) throw outOfRange(name, `>= ${least} && <= ${most}`, value);
}

function checkPort(value, name = 'Port') {
  const bad = typeof value === 'string' ? value.trim() === '' : typeof value !== 'number';
  if (bad || +value !== +value >>> 0 || value > 65535) {
    throw failure(RangeError, 'ERR_SOCKET_BAD_PORT',
                  `${name} should be >= 0 and < 65536. Received ${received(value)}.`);
  }
  return +value;
}

function checkSignal(signal, name) {
  if (typeof signal !== 'object' || !('aborted' in signal)) throw badType(name, 'an instance of AbortSignal', signal);
}

function abortError(signal) {
  const error = new Error('The operation was aborted', { cause: signal.reason });
  error.name = 'AbortError';
  error.code = 'ABORT_ERR';
  return error;
}

// Text to bytes.

function bytesOf(chunk, encoding) {
  if (typeof chunk === 'string') {
    if (encoding && !Buffer.isEncoding(encoding)) {
      throw failure(TypeError, 'ERR_UNKNOWN_ENCODING', `Unknown encoding: ${encoding}`);
    }
    return Buffer.from(chunk, encoding);
  }
  if (chunk === null) throw failure(TypeError, 'ERR_STREAM_NULL_VALUES', 'May not write null values to stream');
  if (ArrayBuffer.isView(chunk)) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  throw badType('chunk', 'of type string or an instance of Buffer, TypedArray, or DataView', chunk);
}

// Addresses and lists of them

const VERSIONS = { ipv4: 4, ipv6: 6 };

function shown(name, fields, depth, options) {
  return depth < 0 ? options.stylize(`[${name}]`, 'special') : `${name} ${inspect(fields, options)}`;
}

class SocketAddress {
  #fields;

  constructor(options = {}) {
    if (options === null || typeof options !== 'object') throw badType('options', 'of type object', options);
    const { family = 'ipv4', address, port = 0, flowlabel = 0 } = options;
    const version = VERSIONS[typeof family === 'string' ? family.toLowerCase() : ''];
    if (!version) throw badValue('options.family', family);
    if (address !== undefined) checkType('string', address, 'options.address');
    checkPort(port, 'options.port');
    checkInteger(flowlabel, 'options.flowlabel', 0, 2 ** 32 - 1);
    this.#fields = native.blockList.address(version, address, +port, flowlabel);
  }

  get address() { return this.#fields.address; }
  get port() { return this.#fields.port; }
  get family() { return this.#fields.family; }
  get flowlabel() { return this.#fields.flowlabel; }
  toJSON() { return { ...this.#fields }; }
  [inspect.custom](depth, options) { return shown('SocketAddress', this.toJSON(), depth, options); }

  static isSocketAddress(value) { return value instanceof Object && #fields in value; }

  static parse(input) {
    checkType('string', input, 'input');
    const fields = native.blockList.parse(input);
    return fields && new SocketAddress(fields);
  }
}

function addressOf(value, name, family = 'ipv4') {
  if (SocketAddress.isSocketAddress(value)) return value;
  checkType('string', value, name);
  checkType('string', family, 'family');
  return new SocketAddress({ address: value, family });
}

function prefixOf(prefix, { family }) {
  checkInteger(prefix, 'prefix', 0, family === 'ipv6' ? 128 : 32);
  return prefix;
}

function parseCIDR(cidr, name = 'cidr') {
  checkType('string', cidr, name);
  const slash = cidr.lastIndexOf('/');
  if (slash < 0) throw badValue('cidr', cidr, 'must contain a prefix length (e.g. "10.0.0.0/8")');
  const address = cidr.slice(0, slash);
  const prefix = parseInt(cidr.slice(slash + 1), 10);
  if (`${prefix}` !== cidr.slice(slash + 1)) throw badValue('cidr', cidr, 'prefix length must be a valid integer');
  return [address, prefix, address.includes(':') ? 'ipv6' : 'ipv4'];
}

function checkArray(value, name) {
  if (!Array.isArray(value)) throw badType(name, 'an instance of Array', value);
}

// Calls of the library that are the same for adding and removing.
const rule = {
  address(list, call, address) {
    return native.blockList[call].call(list, address.address, VERSIONS[address.family]);
  },
  range(list, call, start, end, family) {
    const [from, to] = [addressOf(start, 'start', family), addressOf(end, 'end', family)];
    const version = from.family === to.family ? VERSIONS[from.family] : 0;
    const status = native.blockList[call].call(list, from.address, to.address, version);
    if (status < 0) throw badValue('start', from, 'must come before end');
  },
  subnet(list, call, network, prefix, family) {
    const base = addressOf(network, 'network', family);
    native.blockList[call].call(list, base.address, prefixOf(prefix, base), VERSIONS[base.family]);
  },
};

class BlockList {
  constructor() { native.blockList.open.call(this); }

  addAddress(address, family) { rule.address(this, 'addAddress', addressOf(address, 'address', family)); }
  removeAddress(address, family) { rule.address(this, 'removeAddress', addressOf(address, 'address', family)); }
  addRange(start, end, family) { rule.range(this, 'addRange', start, end, family); }
  removeRange(start, end, family) { rule.range(this, 'removeRange', start, end, family); }
  addSubnet(network, prefix, family) { rule.subnet(this, 'addSubnet', network, prefix, family); }
  removeSubnet(network, prefix, family) { rule.subnet(this, 'removeSubnet', network, prefix, family); }
  addCIDR(cidr) { this.addSubnet(...parseCIDR(cidr)); }
  removeCIDR(cidr) { this.removeSubnet(...parseCIDR(cidr)); }

  addAddresses(addresses, family) {
    checkArray(addresses, 'addresses');
    const all = addresses.map((address, i) => addressOf(address, `addresses[${i}]`, family));
    all.forEach((address) => this.addAddress(address));
  }

  addCIDRs(cidrs) {
    checkArray(cidrs, 'cidrs');
    cidrs.map((cidr, i) => parseCIDR(cidr, `cidrs[${i}]`)).forEach((parsed) => this.addSubnet(...parsed));
  }

  check(address, family = 'ipv4') {
    if (SocketAddress.isSocketAddress(address)) return rule.address(this, 'check', address) === 1;
    checkType('string', address, 'address');
    checkType('string', family, 'family');
    return native.blockList.check.call(this, address, family.toLowerCase() === 'ipv4' ? 4 : 6) === 1;
  }

  clear() { native.blockList.clear.call(this); }

  fromJSON(data) {
    const list = typeof data === 'string' ? JSON.parse(data) : data;
    if (!Array.isArray(list) || !list.every((text) => typeof text === 'string')) {
      throw badType('data', 'of type string or string[]', list);
    }
    native.blockList.addJSON.call(this, JSON.stringify(list));
  }

  get rules() { return JSON.parse(Reflect.get(native.blockList, 'json', this)); }
  get size() { return Reflect.get(native.blockList, 'size', this); }
  toJSON() { return this.rules; }
  [inspect.custom](depth, options) { return shown('BlockList', { rules: this.rules }, depth, options); }

  static isBlockList(value) { return native.blockList.isBlockList(value); }
  static PRIVATE_RANGES = Object.freeze(native.blockList.privateRanges);
}

// Bound sockets

class BoundSocket {
  constructor(options = {}) {
    checkType('object', options, 'options');
    const { path, host, port, ipv6Only, reusePort } = options;
    if (path !== undefined) {
      if ([host, port, ipv6Only, reusePort].some((value) => value !== undefined)) {
        throw failure(TypeError, 'ERR_INVALID_ARG_VALUE', "The argument 'options' path is mutually exclusive with host, " +
                      `port, ipv6Only, and reusePort. Received ${inspect(options)}`);
      }
      checkType('string', path, 'options.path');
      native.boundSocket.open.call(this, { path });
      return;
    }
    const flags = { ipv6Only: ipv6Only ?? false, reusePort: reusePort ?? false };
    const number = checkPort(port ?? 0, 'options.port');
    for (const name in flags) checkType('boolean', flags[name], `options.${name}`);
    if (host != null) checkType('string', host, 'options.host');
    native.boundSocket.open.call(this, { ...flags, port: number, host: host ?? undefined });
  }

  address() { return native.boundSocket.address.call(this); }
  fd() { return native.boundSocket.fd.call(this); }
  close() { native.boundSocket.close.call(this); }
  get isPipe() { return Reflect.get(native.boundSocket, 'isPipe', this); }

  [Symbol.dispose ?? Symbol.for('Symbol.dispose')]() {
    try {
      this.close();
    } catch {
      // Adopted, or closed before.
    }
  }
}

function checkBlockList(list) {
  if (list && !BlockList.isBlockList(list)) throw badType('options.blockList', 'an net.BlockList', list);
}

// Listeners: an EventEmitter has them, and the library is told when there is the first one for an event, and when the
// last one goes.

const emitter = EventEmitter.prototype;

function listening(prototype, name) {
  prototype[name] = function(event, listener) {
    emitter[name].call(this, event, listener);
    if (this.listenerCount(event) === 1) native.socket.heard.call(this, event);
    return this;
  };
}

function unlistening(prototype, name) {
  prototype[name] = function(event, ...listener) {
    const names = event === undefined ? this.eventNames() : [event];
    const before = names.filter((heard) => this.listenerCount(heard) > 0);
    emitter[name].call(this, ...(arguments.length > 0 ? [event, ...listener] : []));
    for (const heard of before) {
      if (this.listenerCount(heard) === 0) native.socket.unheard.call(this, heard);
    }
    return this;
  };
}

// What the library tells: `this` is the server or the socket.
function tell(event, ...args) {
  if (event === 'data' && this[kDecoder]) {
    args[0] = this[kDecoder].write(args[0]);
    if (args[0] === '') return;
  }
  this.emit(event, ...args);
}

// Calling forms: (options), (path) or (port, host), and a callback.
function normalizeArgs(args) {
  const [first, second] = args;
  const last = args[args.length - 1];
  let options = {};
  if (typeof first === 'object' && first !== null) options = first;
  else if (isPath(first)) options.path = first;
  else if (args.length > 0) {
    options.port = first;
    if (typeof second === 'string') options.host = second;
  }
  return [options, typeof last === 'function' ? last : null];
}

const isNumber = (value) => Number(value) >= 0;
const isPath = (value) => typeof value === 'string' && !isNumber(value);

// Sockets

function Socket(options) {
  if (!(this instanceof Socket)) return new Socket(options);
  const accepted = types.isExternal(options);
  if (typeof options === 'number') options = { fd: options };
  for (const name of ['objectMode', 'readableObjectMode', 'writableObjectMode']) {
    if (options?.[name]) throw badValue(`options.${name}`, options[name], 'is not supported');
  }
  if (options?.keepAliveInitialDelay !== undefined) {
    checkType('number', options.keepAliveInitialDelay, 'options.keepAliveInitialDelay');
  }
  if (options?.typeOfService !== undefined) checkInteger(options.typeOfService, 'options.typeOfService', 0, 255);
  checkBlockList(options?.blockList);
  EventEmitter.call(this, options);
  native.socket.open.call(this, options);
  this.on('end', flush);
  if (options?.signal && !accepted) abortable(this, options.signal);
}

function abortable(socket, signal) {
  checkSignal(signal, 'signal');
  const abort = () => socket.destroy(abortError(signal));
  if (signal.aborted) {
    abort();
  } else {
    signal.addEventListener('abort', abort);
    socket.once('close', () => signal.removeEventListener('abort', abort));
  }
}

Object.setPrototypeOf(native.socket, emitter);
Object.setPrototypeOf(Socket, EventEmitter);
Socket.prototype = Object.create(native.socket, {
  constructor: { value: Socket, writable: true, configurable: true },
  _handle: { get() { return this.fd === undefined ? null : { fd: this.fd }; } },
  _connecting: { get() { return this.connecting; } },
  readableEncoding: { get() { return this[kDecoder]?.encoding ?? null; } },
});

['on', 'addListener', 'prependListener'].forEach((name) => listening(Socket.prototype, name));
['off', 'removeListener', 'removeAllListeners'].forEach((name) => unlistening(Socket.prototype, name));

Socket.prototype.connect = function(...args) {
  const [options, callback] = normalizeArgs(args);
  if (callback) this.once('connect', callback);
  if (options.port === undefined && options.path == null) {
    throw failure(TypeError, 'ERR_MISSING_ARGS', 'The "options" or "port" or "path" argument must be specified');
  }
  native.socket.connect.call(this, options.path ? pathOptions(options) : tcpOptions(options));
  return this;
};

function pathOptions({ path }) {
  checkType('string', path, 'options.path');
  return { path };
}

function tcpOptions(options) {
  const { localAddress, localPort, autoSelectFamily, autoSelectFamilyAttemptTimeout, hints } = options;
  const host = options.host || 'localhost';
  checkType('string', host, 'options.host');
  if (host.includes('\0')) throw badValue('options.host', host, 'must be a string without null bytes');
  if (localAddress && !native.isIP(localAddress)) {
    throw failure(TypeError, 'ERR_INVALID_IP_ADDRESS', `Invalid IP address: ${localAddress}`);
  }
  if (localPort) checkType('number', localPort, 'options.localPort');
  if (typeof options.port !== 'number' && typeof options.port !== 'string') {
    throw badType('options.port', 'one of type number or string', options.port);
  }
  const port = checkPort(options.port);
  if (autoSelectFamily != null) checkType('boolean', autoSelectFamily, 'options.autoSelectFamily');
  if (autoSelectFamilyAttemptTimeout != null) {
    checkInteger(autoSelectFamilyAttemptTimeout, 'options.autoSelectFamilyAttemptTimeout', 1, MOST_MILLISECONDS);
  }
  const family = { IPv4: 4, IPv6: 6 }[options.family] ?? options.family;
  if (!native.isIP(host)) {
    if (options.lookup != null) checkType('function', options.lookup, 'options.lookup');
    else if (hints && hints & ~(dns.ADDRCONFIG | dns.V4MAPPED | dns.ALL)) throw badValue('hints', hints);
  }
  return {
    port, host, localAddress, localPort, family, hints, autoSelectFamily, autoSelectFamilyAttemptTimeout,
    lookup: options.lookup ?? replacedLookup(),
  };
}

// Names are looked up by the library, unless the program has put something else in the place of dns.lookup.
function replacedLookup() {
  return dns.lookup === ownLookup ? undefined : dns.lookup;
}

Socket.prototype.write = function(chunk, encoding, callback) {
  if (typeof encoding === 'function') [encoding, callback] = [undefined, encoding];
  return native.socket.write.call(this, bytesOf(chunk, encoding || this[kEncoding]), callback);
};

Socket.prototype.end = function(chunk, encoding, callback) {
  if (typeof chunk === 'function') [chunk, callback] = [undefined, chunk];
  else if (typeof encoding === 'function') [encoding, callback] = [undefined, encoding];
  const bytes = chunk == null ? undefined : bytesOf(chunk, encoding || this[kEncoding]);
  return native.socket.end.call(this, bytes, callback);
};

Socket.prototype.destroy = function(error) {
  return native.socket.destroy.call(this, error || undefined);
};

Socket.prototype.read = function(size) {
  const bytes = native.socket.read.call(this, size === undefined ? NaN : Number(size));
  return bytes && this[kDecoder] ? this[kDecoder].write(bytes) : bytes;
};

Socket.prototype.isPaused = function() {
  return this.paused;
};

Socket.prototype.setTimeout = function(ms, callback) {
  if (this.destroyed) return this;
  checkType('number', ms, 'msecs');
  if (!(ms >= 0 && ms < Infinity)) throw outOfRange('msecs', 'a non-negative finite number', ms);
  if (callback !== undefined) checkType('function', callback, 'callback');
  if (callback) ms === 0 ? this.removeListener('timeout', callback) : this.once('timeout', callback);
  return native.socket.setTimeout.call(this, ms === 0 ? 0 : Math.min(Math.max(ms, 1), MOST_MILLISECONDS));
};

Socket.prototype.setNoDelay = function(enable = true) {
  return native.socket.setNoDelay.call(this, Boolean(enable));
};

Socket.prototype.setKeepAlive = function(enable, initialDelay, interval, count) {
  if (enable !== null && typeof enable === 'object') ({ enable, initialDelay, interval, count } = enable);
  const probes = interval === undefined && count === undefined ? [] : [~~(interval ?? 1000), ~~(count ?? 10)];
  return native.socket.setKeepAlive.call(this, Boolean(enable), ~~initialDelay, ...probes);
};

Socket.prototype.setTypeOfService = function(tos) {
  if (Number.isNaN(tos)) throw badType('tos', 'of type number', tos);
  checkInteger(tos, 'tos', 0, 255);
  return native.socket.setTypeOfService.call(this, tos);
};

Socket.prototype.address = function() {
  const { localAddress: address, localFamily: family, localPort: port } = this;
  return address === undefined ? {} : { address, family, port };
};

Socket.prototype.setEncoding = function(encoding) {
  this[kDecoder] = new StringDecoder(encoding);
  return this;
};

// Half a character may be left when the peer ends.
function flush() {
  const rest = this[kDecoder]?.end();
  if (rest) this.emit('data', rest);
}

Socket.prototype.setDefaultEncoding = function(encoding) {
  if (!Buffer.isEncoding(encoding)) {
    throw failure(TypeError, 'ERR_UNKNOWN_ENCODING', `Unknown encoding: ${encoding}`);
  }
  this[kEncoding] = encoding;
  return this;
};

// From socket to socket it is the library's; into another stream the text that setEncoding asks for goes too.
Socket.prototype.pipe = function(destination, options) {
  if (!(destination instanceof Socket) || this[kDecoder]) return pipe.call(this, destination, options);
  native.socket.pipe.call(this, destination, options?.end !== false);
  return destination;
};

Socket.prototype.unpipe = function(destination) {
  return destination === undefined || destination instanceof Socket ? native.socket.unpipe.call(this, destination) : this;
};

Socket.prototype[EventEmitter.captureRejectionSymbol] = function(error) {
  this.destroy(error);
};

Socket.prototype[Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')] = async function() {
  if (this.closed) return;
  this.destroy();
  await new Promise((resolve) => this.once('close', resolve));
};

function connect(...args) {
  const [options] = normalizeArgs(args);
  const socket = new Socket(options);
  if (options.timeout) socket.setTimeout(options.timeout);
  // Its signal has destroyed it: a connection now would be a new life.
  return options.signal?.aborted ? socket : socket.connect(...args);
}

// Servers

function Server(options, listener) {
  if (!(this instanceof Server)) return new Server(options, listener);
  EventEmitter.call(this);
  if (typeof options === 'function') [options, listener] = [{}, options];
  else if (options != null && typeof options !== 'object') throw badType('options', 'of type object', options);
  if (options?.keepAliveInitialDelay !== undefined) {
    checkType('number', options.keepAliveInitialDelay, 'options.keepAliveInitialDelay');
  }
  if (options?.highWaterMark !== undefined) checkType('number', options.highWaterMark, 'options.highWaterMark');
  checkBlockList(options?.blockList);
  native.server.open.call(this, options);
  if (typeof listener === 'function') this.on('connection', listener);
}

Object.setPrototypeOf(native.server, emitter);
Object.setPrototypeOf(Server, EventEmitter);
Server.prototype = Object.create(native.server, {
  constructor: { value: Server, writable: true, configurable: true },
  _handle: { get() { return this.fd === undefined ? null : { fd: this.fd }; } },
  _connectionKey: {
    get() {
      const { address = this.address(), family } = this.address() ?? {};
      return `${{ IPv4: 4, IPv6: 6 }[family] ?? -1}:${address}:${this[kPort] ?? -1}`;
    },
  },
});

Server.prototype.listen = function(...args) {
  let [options, callback] = normalizeArgs(args);
  if (this.listening) {
    throw failure(Error, 'ERR_SERVER_ALREADY_LISTEN',
                  'Listen method has been called more than once without closing.');
  }
  if (callback) this.once('listening', callback);
  const backlog = options.backlog || args.slice(1, 3).map(Number).find((number) => number > 0) || 511;
  const bound = [options, options.handle].find((value) => value instanceof BoundSocket);
  const sharer = options._handle && (options instanceof Server || options instanceof Socket) ? options : undefined;
  if (bound || sharer) return native.server.listen.call(this, { handle: bound ?? sharer, backlog });
  options = options._handle || options.handle || options;
  if (options.signal !== undefined) closeOnAbort(this, options.signal);
  const { host, path, fd, port, exclusive, ipv6Only, reusePort, readableAll, writableAll } = options;
  if (typeof fd === 'number' && fd >= 0) return native.server.listen.call(this, { fd, backlog });
  this[kPort] = port ?? undefined;
  const flags = { exclusive: !!exclusive, ipv6Only: ipv6Only === true, reusePort: reusePort === true, backlog };
  if (typeof port === 'number' || typeof port === 'string') {
    return native.server.listen.call(this, {
      ...flags, port: checkPort(port, 'options.port'), host, lookup: replacedLookup(),
    });
  }
  if (args.length === 0 || typeof args[0] === 'function' || ('port' in options && port == null)) {
    return native.server.listen.call(this, { ...flags, host });
  }
  if (path && isPath(path)) {
    if (path[0] === '\0' && (readableAll || writableAll)) {
      throw badValue('options', options,
                     'can not set readableAll or writableAllt to true when path is abstract unix socket');
    }
    return native.server.listen.call(this, {
      path, backlog, readableAll: readableAll === true, writableAll: writableAll === true,
    });
  }
  throw badValue('options', options,
                 'port' in options || 'path' in options ? undefined : 'must have the property "port" or "path"');
};

function closeOnAbort(server, signal) {
  checkSignal(signal, 'options.signal');
  const close = () => server.close();
  if (signal.aborted) {
    queueMicrotask(close);
  } else {
    signal.addEventListener('abort', close);
    server.once('close', () => signal.removeEventListener('abort', close));
  }
}

Server.prototype[EventEmitter.captureRejectionSymbol] = function(error, event, socket) {
  if (event === 'connection') socket.destroy(error);
  else this.emit('error', error);
};

Server.prototype[Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')] = async function() {
  if (!this.listening) return;
  await new Promise((resolve, reject) => this.close((error) => error ? reject(error) : resolve()));
};

native.attach(tell, Socket);

// What Node's own net is told on the command line.
for (const flag of process.execArgv) {
  if (flag === '--no-network-family-autoselection') native.setDefaultAutoSelectFamily(false);
  const ms = /^--network-family-autoselection-attempt-timeout=(\d+)$/.exec(flag)?.[1];
  if (ms) native.setDefaultAutoSelectFamilyAttemptTimeout(Number(ms));
}

module.exports = {
  BlockList,
  BoundSocket,
  SocketAddress,
  connect,
  createConnection: connect,
  createServer: (options, listener) => new Server(options, listener),
  isIP: (text) => native.isIP(`${text}`),
  isIPv4: (text) => native.isIP(`${text}`) === 4,
  isIPv6: (text) => native.isIP(`${text}`) === 6,
  Server,
  Socket,
  Stream: Socket,
  _normalizeArgs: normalizeArgs,
  getDefaultAutoSelectFamily: native.getDefaultAutoSelectFamily,
  setDefaultAutoSelectFamily(value) {
    checkType('boolean', value, 'value');
    native.setDefaultAutoSelectFamily(value);
  },
  getDefaultAutoSelectFamilyAttemptTimeout: native.getDefaultAutoSelectFamilyAttemptTimeout,
  setDefaultAutoSelectFamilyAttemptTimeout(value) {
    checkInteger(value, 'value', 1, MOST_MILLISECONDS);
    native.setDefaultAutoSelectFamilyAttemptTimeout(value);
  },
};
