'use strict';
// The rule of this binding: what a socket means is the library's. So neither index.js nor the C may have a stream, a
// queue, a timer, a tick or a flag of its own.
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');

const root = path.join(__dirname, '..');

// What index.js may ask for: module, and how it may be written, where that matters.
const MAY_REQUIRE = {
  'events': /const EventEmitter = require\('events'\);/,
  'string_decoder': /const \{ StringDecoder \} = require\('string_decoder'\);/,
  'util': /const \{ inspect, types \} = require\('util'\);/,
  'stream': /const \{ pipe \} = require\('stream'\)\.prototype;/,
  'dns': /const dns = require\('dns'\);/,
  './build/nodenet.node': /const native = require\('\.\/build\/nodenet\.node'\);/,
};

const NOT_IN_JAVASCRIPT = [
  /\bDuplex\b/, /\bReadable\b/, /\bWritable\b/, /\bTransform\b/, /\bPassThrough\b/, /\b_(read|write|final|destroy|push)\b/,
  /(?<!\.)\bsetTimeout\(/, /\bsetImmediate\b/, /\bsetInterval\b/, /\bnextTick\b/, /\bimport\b/, /\bPromise\.resolve\b/,
  /\bnet\b(?=')/, /process\.(?!execArgv)/, /\bawait import\b/, /\.(push|shift|unshift|splice)\(/,
];

const NOT_IN_C = [
  /\bDuplex\b/, /setImmediate/, /setTimeout\(/, /uv_(async|check|idle|queue|thread|tcp|pipe|stream|write|read)_/,
  /pthread/, /\bqueue\b/i,
];

const ONCE_IN_C = [/nextTick"/, /net_loop_run_deferred\(/, /net_loop_poll\(/, /uv_timer_init\(/];

const withoutComments = (text) => text.replace(/\/\*[^]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');

function faultsOfJavaScript(text) {
  const code = withoutComments(text);
  const faults = NOT_IN_JAVASCRIPT.filter((pattern) => pattern.test(code)).map(String);
  for (const [, name] of code.matchAll(/require\(\s*['"`]([^'"`]*)/g)) {
    if (!MAY_REQUIRE[name]?.test(code)) faults.push(`require ${name}`);
  }
  if (code.match(/\brequire\b/g)?.length !== code.match(/require\('/g)?.length) faults.push('require of something else');
  return faults;
}

function faultsOfC(text) {
  const code = withoutComments(text);
  return NOT_IN_C.filter((pattern) => pattern.test(code)).map(String);
}

const source = (name) => fs.readFileSync(path.join(root, name), 'utf8');
const cFiles = fs.readdirSync(path.join(root, 'src')).map((name) => `src/${name}`);

test('index.js has nothing of its own', () => {
  assert.deepStrictEqual(faultsOfJavaScript(source('index.js')), []);
  const scripts = fs.readdirSync(root).filter((name) => /\.[cm]?js$/.test(name));
  assert.deepStrictEqual(scripts, ['index.js']);
});

test('neither has the C', () => {
  for (const name of cFiles) assert.deepStrictEqual(faultsOfC(source(name)), [], name);
});

test('the C embeds the loop in one place', () => {
  const all = cFiles.map((name) => withoutComments(source(name))).join('\n');
  for (const pattern of ONCE_IN_C) {
    assert.strictEqual([...all.matchAll(new RegExp(pattern, 'g'))].length, 1, String(pattern));
  }
});

test('a handle and references are all that an object has', () => {
  const header = withoutComments(source('src/addon.h'));
  for (const name of ['socket', 'server']) {
    const [, body] = header.match(new RegExp(`struct ${name} \\{([^}]*)\\}`));
    for (const field of body.split(';').map((line) => line.trim()).filter(Boolean)) {
      assert.match(field, /^(struct addon \*addon|net_\w+ \*handle|napi_ref \w+)$/);
    }
  }
});

test('the check finds what it looks for', () => {
  const bad = [
    "const { Duplex } = require('stream');", "const { pipe } = require('stream');", "require('net')", 'setImmediate(f)',
    'process.nextTick(f)', "require(name)", 'socket.later.push(chunk)', "import net from 'node:net'",
    "const { setTimeout } = require('timers')",
  ];
  for (const text of bad) assert.notDeepStrictEqual(faultsOfJavaScript(text), [], text);
  for (const text of ['uv_async_init(loop, &a, f);', 'struct queue *waiting;']) {
    assert.notDeepStrictEqual(faultsOfC(text), [], text);
  }
});
