'use strict';
// Plays scenarios on Node. LANGUAGE.md says what it obeys.
const fs = require('fs');
const net = require('net');
const pathModule = require('path');

const { BLOCK_LIST_ACTIONS, BLOCK_LIST_PROPERTIES } = require('./node_runner/block_list.js');
const { BOUND_ACTIONS, BOUND_PROPERTIES, boundOf } = require('./node_runner/bound.js');
const { answerLookup, lookupOf } = require('./node_runner/lookup.js');
const { onreadOf } = require('./node_runner/onread.js');
const { addressText, errorText } = require('./node_runner/texts.js');

const MOST_LINES = 5000;
const MOST_TIME = 20000;
const MOST_REST = 2000;
const LEFTOVER = 3;

const OBJECTS = ['server', 'client', 'bound', 'list'];

const SOCKET_PROPERTIES = [
  ['readyState', (s) => s.readyState],
  ['destroyed', (s) => s.destroyed],
  ['connecting', (s) => s.connecting],
  ['pending', (s) => s.pending],
  ['closed', (s) => s.closed],
  ['errored', (s) => (s.errored ? s.errored.code : null)],
  ['readable', (s) => s.readable],
  ['writable', (s) => s.writable],
  ['readableEnded', (s) => s.readableEnded],
  ['writableEnded', (s) => s.writableEnded],
  ['writableFinished', (s) => s.writableFinished],
  ['readableFlowing', (s) => s.readableFlowing],
  ['isPaused', (s) => s.isPaused()],
  ['readableLength', (s) => s.readableLength],
  ['writableLength', (s) => s.writableLength],
  ['bufferSize', (s) => s.bufferSize],
  ['writableNeedDrain', (s) => s.writableNeedDrain],
  ['writableCorked', (s) => s.writableCorked],
  ['readableHighWaterMark', (s) => s.readableHighWaterMark],
  ['writableHighWaterMark', (s) => s.writableHighWaterMark],
  ['bytesRead', (s) => s.bytesRead],
  ['bytesWritten', (s) => s.bytesWritten],
  ['allowHalfOpen', (s) => s.allowHalfOpen],
  ['timeout', (s) => s.timeout ?? 0],
  ['localAddress', (s) => s.localAddress],
  ['localPort', (s) => s.localPort],
  ['localFamily', (s) => s.localFamily],
  ['remoteAddress', (s) => s.remoteAddress],
  ['remotePort', (s) => s.remotePort],
  ['remoteFamily', (s) => s.remoteFamily],
  ['attempted', (s) => (s.autoSelectFamilyAttemptedAddresses ?? []).join(',') || null],
];

const SERVER_PROPERTIES = [
  ['listening', (s) => s.listening],
  ['address', (s) => addressText(s.address())],
  ['maxConnections', (s) => s.maxConnections],
];

function attemptText(address, port, family) {
  return port === undefined ? `address=${address}` : `address=${address} port=${port} family=${family}`;
}

function completion(error) {
  return error ? errorText(error) : 'ok';
}

// The function for a completion, which tells how many of them its socket was asked for before.
function awaited(play, thing, event) {
  thing.awaited += 1;
  const number = thing.awaited;
  return (error) => play.event(thing, event, `${number} ${completion(error)}`);
}

// Byte number p of a stream is p mod 251.
const PERIOD = 251;
const pattern = Buffer.alloc(PERIOD * 4100, Buffer.from(Array.from({ length: PERIOD }, (_, i) => i)));

function take(thing, count) {
  const start = thing.written % PERIOD;
  thing.written += count;
  return pattern.subarray(start, start + count);
}

// Checks what came; gives the mark for the trace.
function check(thing, bytes) {
  if (bytes.length === 0) {
    return '';
  }
  const right = thing.expected === -1 || bytes[0] === thing.expected;
  const whole = bytes.equals(pattern.subarray(bytes[0], bytes[0] + bytes.length));
  thing.expected = (bytes[bytes.length - 1] + 1) % PERIOD;
  return right && whole ? '' : ' corrupt';
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function parseActions(text) {
  return text.split('; ').map((action) => {
    const words = action.split(' ');
    const point = words[0].lastIndexOf('.');
    if (point < 1) {
      fail(`no action: ${action}`);
    }
    return { text: action, object: words[0].slice(0, point), verb: words[0].slice(point + 1), words: words.slice(1) };
  });
}

function parse(input) {
  const scenarios = [];
  let now = null;
  for (const line of input.split('\n')) {
    if (line === '' || line[0] === '#') {
      continue;
    }
    const words = line.split(' ');
    if (words[0] === 'scenario') {
      now = { seed: words[1], objects: [], steps: [], rules: new Map() };
    } else if (now === null) {
      fail(`outside of a scenario: ${line}`);
    } else if (OBJECTS.includes(words[0])) {
      now.objects.push({ type: words[0], name: words[1], words: words.slice(2) });
    } else if (words[0] === 'at' || words[0] === 'on') {
      const colon = line.indexOf(': ');
      const actions = parseActions(line.slice(colon + 2));
      if (words[0] === 'at') {
        now.steps.push({ number: Number(words[1].slice(0, -1)), actions });
      } else {
        const key = line.slice(3, colon);
        now.rules.set(key, [...(now.rules.get(key) ?? []), ...actions]);
      }
    } else if (line === 'done') {
      scenarios.push(now);
      now = null;
    } else {
      fail(`no statement: ${line}`);
    }
  }
  return scenarios;
}

// `word` and `word=value` as an options object.
function options(words) {
  const found = {};
  for (const word of words) {
    const [name, value] = word.split('=');
    found[name] = value === undefined || value === 'true' ? true : /^\d+$/.test(value) ? Number(value) : value;
    if (value === 'false') {
      found[name] = false;
    }
  }
  return found;
}

const HOSTS = { tcp4: '127.0.0.1', tcp6: '::1', any: undefined, name: 'localhost', elsewhere: '192.0.2.1' };
// After these a host has been looked up, or nobody waits for it.
const RESOLVED = new Set(['lookup', 'connectionAttempt', 'listening', 'error', 'close', 'closed']);
const NOBODY = { nobody4: '127.0.0.1', nobody6: '::1', nobody: undefined };

class Play {
  constructor(scenario, settings, over) {
    Object.assign(this, { scenario, settings, over });
    this.lines = [`scenario ${scenario.seed}`];
    this.things = new Map();
    this.counts = new Map();
    this.depth = 0;
    this.finished = false;
    this.step = 0;
    this.began = performance.now();
    this.lineAt = this.began;
    this.ticks = 0;
  }

  start() {
    for (const { type, name, words } of this.scenario.objects) {
      if (type === 'server') {
        this.addServer(name, words);
      } else if (type === 'client') {
        this.addClient(name, words);
      } else if (type === 'bound') {
        const place = { kind: words[0], name };
        this.things.set(name, { name, type, object: null, properties: BOUND_PROPERTIES, told: new Map(), place });
      } else {
        const object = new net.BlockList();
        this.things.set(name, { name, type, object, properties: BLOCK_LIST_PROPERTIES, told: new Map() });
      }
    }
    this.tick = setTimeout(() => this.onTick(), this.settings.tick);
    this.nextStep();
  }

  // ---- the trace

  print(line) {
    if (this.finished) {
      return false;
    }
    this.lines.push(line);
    this.lineAt = performance.now();
    this.ticks = 0;
    if (this.lines.length >= MOST_LINES) {
      this.finish('too long', false);
    }
    return !this.finished;
  }

  changes(thing) {
    const found = [];
    for (const [name, get] of thing.properties) {
      const text = String(get(thing.object) ?? '-');
      if (thing.told.get(name) !== text) {
        thing.told.set(name, text);
        found.push(`${name}=${text}`);
      }
    }
    return found.join(' ');
  }

  printWith(thing, line) {
    const changes = this.changes(thing);
    return this.print(changes ? `${line} | ${changes}` : line);
  }

  // An event or a completion: its line, then its rules.
  event(thing, name, argument) {
    if (this.finished) {
      return;
    }
    if (RESOLVED.has(name)) {
      thing.resolves = false;
    }
    const line = argument === undefined ? `${thing.name} ${name}` : `${thing.name} ${name} ${argument}`;
    if (this.printWith(thing, line)) {
      this.rules(thing, name);
    }
  }

  rules(thing, name) {
    const event = `${thing.name} ${name}`;
    const count = (this.counts.get(event) ?? 0) + 1;
    this.counts.set(event, count);
    const actions = this.scenario.rules.get(`${event} ${count}`);
    if (actions) {
      this.perform(actions);
    }
  }

  // ---- objects

  addServer(name, words) {
    const [kind, ...rest] = words;
    const { maxConnections, ...all } = this.withList(options(rest));
    const object = net.createServer(all);
    const thing = {
      name, object, kind, place: { kind, name }, properties: SERVER_PROPERTIES, told: new Map(), accepted: 0,
      type: 'server',
    };
    if (maxConnections !== undefined) {
      object.maxConnections = maxConnections;
    }
    this.things.set(name, thing);
    // A call of listen can outlive its scenario, for the host is looked up first.
    object.on('listening', () => (this.finished ? object.close() : this.event(thing, 'listening')));
    object.on('close', () => this.event(thing, 'close'));
    object.on('error', (error) => this.event(thing, 'error', errorText(error)));
    object.on('drop', (data) => this.event(thing, 'drop', data ? `local=${data.localAddress}:${data.localPort} ` +
      `remote=${data.remoteAddress}:${data.remotePort}` : '-'));
    object.on('connection', (socket) => {
      if (this.finished) {
        socket.on('error', () => {});
        socket.destroy();
        return;
      }
      thing.accepted += 1;
      const accepted = this.addSocket(`${name}.${thing.accepted}`, 'accepted');
      this.hearSocket(accepted, socket);
      const both = `${this.changes(thing)} ; ${this.changes(accepted)}`;
      if (this.print(`${name} connection ${accepted.name} | ${both}`)) {
        this.rules(thing, 'connection');
      }
    });
  }

  // Options with the block list that one of them names.
  withList({ blockList, ...all }) {
    return blockList === undefined ? all : { ...all, blockList: this.things.get(blockList).object };
  }

  addClient(name, words) {
    const { later, ...all } = options(words);
    const thing = this.addSocket(name, 'client');
    thing.options = all;
    if (!later) {
      this.makeClient(thing, {});
    }
  }

  makeClient(thing, more) {
    const { onread, onreadBy, ...all } = this.withList(thing.options);
    if (onread !== undefined || onreadBy !== undefined) {
      all.onread = onreadOf(this, thing, onread ?? onreadBy, onread === undefined);
    }
    this.hearSocket(thing, new net.Socket({ ...all, ...more }));
  }

  addSocket(name, type) {
    const thing = {
      name, type, object: null, properties: SOCKET_PROPERTIES, told: new Map(), written: 0, awaited: 0, expected: -1,
      reading: false, heard: new Set(['error']),
    };
    this.things.set(name, thing);
    return thing;
  }

  hearSocket(thing, object) {
    thing.object = object;
    // Where Node calls inside a call of the program's, the listener is put off.
    const later = (act) => (this.depth > 0 ? process.nextTick(act) : act());
    for (const plain of ['connect', 'ready', 'end', 'drain', 'finish', 'timeout', 'resume']) {
      object.on(plain, () => this.event(thing, plain));
    }
    object.on('pause', () => later(() => this.event(thing, 'pause')));
    for (const told of ['pipe', 'unpipe']) {
      object.on(told, (source) => later(() => this.event(thing, told, this.nameOf(source))));
    }
    object.on('close', (hadError) => this.event(thing, 'close', String(hadError === true)));
    object.on('lookup', (error, address, family, host) => later(() => this.event(thing, 'lookup',
      error ? `host=${host} ${errorText(error)}` : `address=${address} family=${family} host=${host}`)));
    object.on('connectionAttempt', (address, port, family) => later(() =>
      this.event(thing, 'connectionAttempt', attemptText(address, port, family))));
    object.on('connectionAttemptFailed', (address, port, family, error) =>
      this.event(thing, 'connectionAttemptFailed',
        `${attemptText(address, port, family)} ${errorText(error)}`));
    thing.listeners = {
      error: (error) => this.event(thing, 'error', errorText(error)),
      readable: () => this.event(thing, 'readable'),
      data: (bytes) => {
        if (!thing.reading) {
          this.event(thing, 'data', `${bytes.length}${check(thing, bytes)}`);
        }
      },
    };
    object.on('error', thing.listeners.error);
  }

  // What came, by whatever way: the mark for the trace.
  check(thing, bytes) {
    return check(thing, bytes);
  }

  // ---- time

  nextStep() {
    const step = this.scenario.steps[this.step];
    this.step += 1;
    if (this.step === this.scenario.steps.length) {
      this.tick.unref();
    }
    if (this.print(`step ${step.number}`)) {
      this.perform(step.actions);
    }
  }

  onTick() {
    if (this.finished) {
      return;
    }
    const last = this.step >= this.scenario.steps.length;
    this.tick.refresh();
    this.ticks += 1;
    if (performance.now() - this.began > MOST_TIME) {
      this.finish('stuck', false);
    } else if (this.silent()) {
      if (last) {
        this.finish('loop alive', true);
      } else {
        this.nextStep();
      }
    }
  }

  silent() {
    let longest = 0;
    for (const thing of this.things.values()) {
      if (thing.resolves && (isSocket(thing) ? thing.object.connecting : !thing.object.listening)) {
        return false;
      }
      if (isSocket(thing) && !thing.object.destroyed && thing.object.timeout > longest) {
        longest = thing.object.timeout;
      }
    }
    return this.ticks >= 3 && performance.now() - this.lineAt >= 3 * this.settings.tick + longest;
  }

  finish(line, withLast) {
    if (this.finished) {
      return;
    }
    this.lines.push(line);
    if (withLast) {
      const all = [...this.things.values()].filter((thing) => thing.object !== null);
      for (const type of ['server', 'client', 'accepted', 'bound', 'list']) {
        for (const thing of all.filter((one) => one.type === type)) {
          const changes = this.changes(thing);
          this.lines.push(changes ? `last ${thing.name} | ${changes}` : `last ${thing.name}`);
        }
      }
    }
    this.lines.push('done');
    this.finished = true;
    clearTimeout(this.tick);
    for (const thing of this.things.values()) {
      const { type, object } = thing;
      if (isSocket(thing)) {
        object.removeAllListeners('data');
        object.removeAllListeners('readable');
        object.on('error', () => {});
        object.destroy();
      } else if (type === 'server') {
        object.close();
      } else if (type === 'bound') {
        object?.[Symbol.dispose]();
      }
    }
    fs.writeSync(1, `${this.lines.join('\n')}\n`);
    // What Node itself leaves behind would hold the next scenario's loop too. A failed reset leaves a handle that spins.
    if (this.lines.some((line) => line.includes(' syscall=reset '))) {
      process.exit(LEFTOVER);
    }
    this.leftover = setTimeout(() => process.exit(LEFTOVER), MOST_REST).unref();
  }

  // ---- actions

  perform(actions) {
    for (const action of actions) {
      if (this.finished) {
        return;
      }
      const thing = this.things.get(action.object);
      if (thing === undefined || (thing.object === null && !MAKES.includes(action.verb))) {
        this.print(`do ${action.text} -> absent`);
        continue;
      }
      const perform = ACTIONS[thing.type][action.verb];
      if (perform === undefined) {
        fail(`no action of a ${thing.type}: ${action.text}`);
      }
      let result;
      this.depth += 1;
      try {
        result = perform(this, thing, action.words);
      } catch (error) {
        if (error.code === undefined) {
          throw error;
        }
        result = `throws ${error.code}`;
      }
      this.depth -= 1;
      const line = `do ${action.text}${result === undefined ? '' : ` -> ${result}`}`;
      if (thing.object === null) {
        this.print(line);
      } else {
        this.printWith(thing, line);
      }
    }
  }

  nameOf(object) {
    return [...this.things.values()].find((thing) => thing.object === object).name;
  }

  path(name) {
    return pathModule.join(this.settings.folder, name);
  }

  target(word) {
    if (word in NOBODY) {
      return { host: NOBODY[word], port: 1 };
    }
    if (word === 'nopath') {
      return { path: this.path('nopath') };
    }
    const { place, object } = this.things.get(word);
    const path = this.pathOf(place, place.name);
    return path === undefined ?
      { host: place.kind === 'elsewhere' ? '127.0.0.1' : HOSTS[place.kind], port: object.address()?.port ?? 1 } :
      { path };
  }

  // The path of this name in the folder of this place, if it has one.
  pathOf({ kind }, name) {
    return kind === 'unix' || kind === 'nofolder' ? this.path(kind === 'unix' ? name : `none/${name}`) : undefined;
  }

  // What `net.BoundSocket` and `listen` are to be given for this place, or for the port or path of another object.
  endOf(thing, other, plain) {
    const path = this.pathOf(thing, (other ?? thing).name);
    if (path !== undefined) {
      return { path };
    }
    const host = HOSTS[thing.kind];
    return { port: (other && portOf(other)) ?? plain, ...(host === undefined ? {} : { host }) };
  }
}

function isSocket({ type, object }) {
  return (type === 'client' || type === 'accepted') && object !== null;
}

// The port of a server or of a bound socket that still is one.
function portOf({ type, object }) {
  return type === 'bound' ? boundOf(object)?.port : object.address()?.port;
}

function plainCall(method) {
  return (play, { object }) => {
    object[method]();
  };
}

function addressCall(play, { object }) {
  return addressText(object.address()) ?? '-';
}

const SOCKET_ACTIONS = {
  connect(play, thing, [word, ...rest]) {
    if (thing.object.connecting || (!thing.object.pending && !thing.adopted)) {
      return 'busy';
    }
    thing.adopted = false;
    const target = play.target(word);
    thing.expected = -1;
    thing.asked = undefined;
    if (target.path !== undefined) {
      thing.object.connect({ path: target.path });
    } else {
      // What net.connect does with this option, and socket.connect does not.
      const { timeout, lookup, localPort, ...all } = options(rest);
      if (timeout) {
        thing.object.setTimeout(timeout);
      }
      if (lookup !== undefined) {
        all.lookup = lookupOf(play, thing, lookup);
        all.host = 'name.example';
      }
      thing.resolves = lookup === undefined;
      if (localPort !== undefined) {
        all.localPort = portOf(play.things.get(localPort));
      }
      thing.object.connect({ ...target, ...all });
    }
    return undefined;
  },
  write(play, thing, [count, cb]) {
    const bytes = take(thing, Number(count));
    return thing.object.write(bytes, cb && awaited(play, thing, 'write'));
  },
  end(play, thing, words) {
    const args = [];
    if (/^\d/.test(words[0] ?? '')) {
      args.push(take(thing, Number(words[0])));
    }
    if (words.at(-1) === 'cb') {
      args.push(awaited(play, thing, 'ended'));
    }
    thing.object.end(...args);
  },
  destroy(play, { object }, [code]) {
    object.destroy(code && Object.assign(new Error(`user ${code}`), { code }));
  },
  read(play, thing, [count]) {
    thing.reading = true;
    const bytes = count === undefined ? thing.object.read() : thing.object.read(Number(count));
    thing.reading = false;
    return bytes === null ? 'null' : `${bytes.length}${check(thing, bytes)}`;
  },
  hear(play, thing, [name]) {
    if (!thing.heard.has(name)) {
      thing.heard.add(name);
      thing.object.on(name, thing.listeners[name]);
    }
  },
  unhear(play, thing, [name]) {
    if (thing.heard.delete(name)) {
      thing.object.off(name, thing.listeners[name]);
    }
  },
  pipe(play, { object }, [name, noend]) {
    const to = play.things.get(name);
    if (!to?.object) {
      return 'absent';
    }
    object.pipe(to.object, { end: noend === undefined });
    return undefined;
  },
  unpipe(play, { object }, [name]) {
    const from = name === undefined ? undefined : play.things.get(name);
    if (name !== undefined && !from?.object) {
      return 'absent';
    }
    object.unpipe(from?.object);
    return undefined;
  },
  setTimeout(play, { object }, [time]) {
    object.setTimeout(Number(time));
  },
  setNoDelay(play, { object }, [on]) {
    object.setNoDelay(on === 'true');
  },
  setKeepAlive(play, { object }, [on, ...times]) {
    object.setKeepAlive(on === 'true', ...times.map(Number));
  },
  setTypeOfService(play, { object }, [value]) {
    object.setTypeOfService(Number(value));
  },
  getTypeOfService(play, { object }) {
    return object.getTypeOfService();
  },
  answer(play, thing, [text]) {
    return answerLookup(play, thing, text);
  },
  stop(play, thing) {
    thing.stops = true;
  },
  adopt(play, thing, [name]) {
    const bound = play.things.get(name);
    if (thing.object !== null || bound.object === null) {
      return thing.object === null ? 'absent' : 'busy';
    }
    play.makeClient(thing, { handle: bound.object });
    thing.adopted = true;
    return undefined;
  },
  allowHalfOpen(play, { object }, [on]) {
    object.allowHalfOpen = on === 'true';
  },
  address: addressCall,
  destroySoon: plainCall('destroySoon'),
  reset: plainCall('resetAndDestroy'),
  pause: plainCall('pause'),
  resume: plainCall('resume'),
  cork: plainCall('cork'),
  uncork: plainCall('uncork'),
  ref: plainCall('ref'),
  unref: plainCall('unref'),
};

const SERVER_ACTIONS = {
  listen(play, thing, words) {
    const { object, kind, name } = thing;
    const other = /^[A-Dx-z]$/.test(words[0] ?? '') ? play.things.get(words[0]) : undefined;
    const { fd, handle, ...more } = options(words.slice(other === undefined ? 0 : 1));
    if (other?.type === 'bound') {
      if (other.object === null) {
        return 'absent';
      }
      object.listen({ handle: other.object, ...more });
      thing.place = other.place;
      return undefined;
    }
    if (fd || handle) {
      if (!other?.object.listening) {
        return 'absent';
      }
      object.listen(handle ? other.object : { fd: other.object._handle.fd });
      thing.place = other.place;
      return undefined;
    }
    thing.resolves = kind === 'name';
    object.listen({ ...play.endOf({ kind, name }, other, 0), ...more });
    thing.place = { kind, name: (other ?? thing).name };
    return undefined;
  },
  close(play, thing, [cb]) {
    thing.object.close(cb && ((error) => play.event(thing, 'closed', completion(error))));
  },
  getConnections(play, thing) {
    thing.object.getConnections((error, count) => play.event(thing, 'count', error ? errorText(error) : count));
  },
  maxConnections(play, { object }, [count]) {
    object.maxConnections = Number(count);
  },
  address: addressCall,
  ref: plainCall('ref'),
  unref: plainCall('unref'),
};

const ACTIONS = {
  server: SERVER_ACTIONS, client: SOCKET_ACTIONS, accepted: SOCKET_ACTIONS, bound: BOUND_ACTIONS,
  list: BLOCK_LIST_ACTIONS,
};

// What an object does not have to be there for.
const MAKES = ['adopt', 'bind'];

function main() {
  const settings = { folder: null, tick: 2 };
  for (let i = 2; i < process.argv.length; i += 2) {
    settings[process.argv[i].slice(2)] = process.argv[i + 1];
  }
  settings.tick = Number(settings.tick);
  const scenarios = parse(fs.readFileSync(0, 'latin1'));
  let play = null;
  process.on('uncaughtException', (error) => {
    if (play === null || play.finished) {
      return;
    }
    // Nor must a fault of this program pass for one of Node's, whose first frame is inside of Node.
    if (error.code === undefined && !/^ +at [^\n]*\(?node:/m.test(error.stack.split('\n').slice(1, 2).join())) {
      fail(error.stack);
    }
    play.depth = 0;
    play.finish(`uncaught ${errorText(error)}`, true);
  });
  // Node's word for an empty loop: of the scenario's own, then of what was destroyed after it.
  process.on('beforeExit', () => {
    if (play !== null && !play.finished) {
      play.finish('loop ends', true);
      setImmediate(() => {});
      return;
    }
    clearTimeout(play?.leftover);
    const scenario = scenarios.shift();
    if (scenario === undefined) {
      process.exit(0);
    }
    play = new Play(scenario, settings);
    setTimeout(() => play.start(), 1);
  });
}

main();
