'use strict';
// Plays scenarios on Node. LANGUAGE.md says what it obeys.
const fs = require('fs');
const net = require('net');
const pathModule = require('path');

const MOST_LINES = 5000;
const MOST_TIME = 20000;
const MOST_REST = 2000;
const LEFTOVER = 3;

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

const ERROR_FIELDS = ['code', 'errno', 'syscall', 'address', 'port', 'localAddress', 'localPort', 'hostname'];

function addressText(address) {
  if (address === null || address === undefined) {
    return null;
  }
  if (typeof address === 'string') {
    return address;
  }
  return address.address === undefined ? null : `${address.address}:${address.port}/${address.family}`;
}

function errorText(error) {
  const words = error.name === 'Error' ? [] : [`name=${error.name}`];
  for (const field of ERROR_FIELDS) {
    if (error[field] !== undefined && error[field] !== null) {
      words.push(`${field}=${error[field]}`);
    }
  }
  words.push(`message="${String(error.message).replace(/\n/g, ' ').replace(/[\\"]/g, '\\$&')}"`);
  if (error.errors) {
    words.push(`errors=[${error.errors.map(errorText).join(', ')}]`);
  }
  return words.join(' ');
}

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
    } else if (words[0] === 'server' || words[0] === 'client') {
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
      } else {
        const { ...all } = options(words);
        this.addSocket(name, new net.Socket(all));
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
    const { maxConnections, ...all } = options(rest);
    const object = net.createServer(all);
    const thing = { name, object, kind, properties: SERVER_PROPERTIES, told: new Map(), accepted: 0, type: 'server' };
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
      const accepted = this.addSocket(`${name}.${thing.accepted}`, socket);
      const both = `${this.changes(thing)} ; ${this.changes(accepted)}`;
      if (this.print(`${name} connection ${accepted.name} | ${both}`)) {
        this.rules(thing, 'connection');
      }
    });
  }

  addSocket(name, object) {
    const thing = {
      name, object, properties: SOCKET_PROPERTIES, told: new Map(), written: 0, awaited: 0, expected: -1, reading: false,
      type: name.includes('.') ? 'accepted' : 'client', heard: new Set(['error']),
    };
    this.things.set(name, thing);
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
    return thing;
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
      if (thing.type !== 'server' && !thing.object.destroyed && thing.object.timeout > longest) {
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
      const all = [...this.things.values()];
      for (const type of ['server', 'client', 'accepted']) {
        for (const thing of all.filter((one) => one.type === type)) {
          const changes = this.changes(thing);
          this.lines.push(changes ? `last ${thing.name} | ${changes}` : `last ${thing.name}`);
        }
      }
    }
    this.lines.push('done');
    this.finished = true;
    clearTimeout(this.tick);
    for (const { type, object } of this.things.values()) {
      if (type !== 'server') {
        object.removeAllListeners('data');
        object.removeAllListeners('readable');
        object.on('error', () => {});
        object.destroy();
      } else {
        object.close();
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
      if (thing === undefined) {
        this.print(`do ${action.text} -> absent`);
        continue;
      }
      const perform = (thing.type === 'server' ? SERVER_ACTIONS : SOCKET_ACTIONS)[action.verb];
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
      this.printWith(thing, `do ${action.text}${result === undefined ? '' : ` -> ${result}`}`);
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
    const { name, kind, object } = this.things.get(word);
    if (kind === 'unix' || kind === 'nofolder') {
      return { path: this.path(kind === 'unix' ? name : `none/${name}`) };
    }
    return { host: kind === 'elsewhere' ? '127.0.0.1' : HOSTS[kind], port: object.address()?.port ?? 1 };
  }
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
    if (thing.object.connecting || !thing.object.pending) {
      return 'busy';
    }
    const target = play.target(word);
    thing.expected = -1;
    if (target.path !== undefined) {
      thing.object.connect({ path: target.path });
    } else {
      // What net.connect does with this option, and socket.connect does not.
      const { timeout, ...all } = options(rest);
      if (timeout) {
        thing.object.setTimeout(timeout);
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
    if (to === undefined) {
      return 'absent';
    }
    object.pipe(to.object, { end: noend === undefined });
    return undefined;
  },
  unpipe(play, { object }, [name]) {
    const from = name === undefined ? undefined : play.things.get(name);
    if (name !== undefined && from === undefined) {
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
  setKeepAlive(play, { object }, [on]) {
    object.setKeepAlive(on === 'true');
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
  listen(play, { name, kind, object }, [other]) {
    const target = other === undefined ? null : play.things.get(other);
    if (kind === 'unix' || kind === 'nofolder') {
      const last = (target ?? { name }).name;
      object.listen(play.path(kind === 'unix' ? last : `none/${last}`));
    } else {
      const port = target?.object.address()?.port ?? 0;
      object.listen({ port, ...(kind === 'any' ? {} : { host: HOSTS[kind] }) });
    }
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
