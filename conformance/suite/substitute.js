'use strict';
// Preloaded into every process of a test, those that the test starts included: whoever asks for `net` is given the
// module under test. What it may be told by the environment:
//
//   SUITE_NET            the file of the module under test; unset, Node's own net is
//   SUITE_ASKED          a file to make as soon as the test itself asks for net
//   SUITE_MAY_USE_NET    set: the module under test may ask for Node's own net
//
// The tests look for new global names when they end, so none is left here.

const fs = require('fs');
const Module = require('module');
const path = require('path');
const original = require('net');

const names = ['net', 'node:net'];
const file = process.env.SUITE_NET;
const home = file && path.dirname(file) + path.sep;

// What the module under test is made of. Whatever else Node has may bring Node's sockets along.
const allowed = new Set(['buffer', 'dns', 'events', 'fs', 'path', 'stream', 'string_decoder', 'util']);

const load = Module._load;
let loading = false;
let substitute;

function moduleUnderTest() {
  if (!file) return original;
  if (substitute) return substitute;
  loading = true;
  try {
    substitute = load(file, null, false);
  } finally {
    loading = false;
  }
  return substitute;
}

// The harness asks for net in every test, to set a default: that says nothing of the test.
const isHarness = (from) => /[\\/]test[\\/]common[\\/]index\.m?js$/.test(from ?? '');

function net(from) {
  if (process.env.SUITE_ASKED && !isHarness(from)) fs.writeFileSync(process.env.SUITE_ASKED, '');
  return moduleUnderTest();
}

function fromModuleUnderTest(parent) {
  return Boolean(file) && (parent?.filename ? parent.filename.startsWith(home) : loading);
}

Module._load = function(request, parent, isMain) {
  if (fromModuleUnderTest(parent) && Module.isBuiltin(request) && !process.env.SUITE_MAY_USE_NET &&
      !allowed.has(request.replace(/^node:/, ''))) {
    throw new Error(`the module under test asked for Node's own ${request}: ${parent?.filename}`);
  }
  if (names.includes(request) && !(fromModuleUnderTest(parent) && process.env.SUITE_MAY_USE_NET)) {
    return net(parent?.filename);
  }
  return load.call(this, request, parent, isMain);
};

const getBuiltinModule = process.getBuiltinModule;
process.getBuiltinModule = function(id) {
  if (!names.includes(id)) return getBuiltinModule.call(process, id);
  if (loading) throw new Error("the module under test asked for Node's own net");
  return net();
};

// ES modules: an import of net is given a module of this text, which fetches the module under test from here.
const key = Symbol.for('node-suite.net');
Object.defineProperty(globalThis, key, { value: net, enumerable: false });
const url = 'node-suite:net';
Module.registerHooks({
  resolve(specifier, context, next) {
    return names.includes(specifier) && !(context.conditions ?? []).includes('require') ?
      { url, format: 'module', shortCircuit: true } : next(specifier, context);
  },
  load(wanted, context, next) {
    if (wanted !== url) return next(wanted, context);
    const exported = Object.keys(moduleUnderTest()).map((name) => `export const ${name} = net.${name};`);
    const source = `const net = globalThis[Symbol.for('${key.description}')]();
      export default net; ${exported.join(' ')}`;
    return { format: 'module', source, shortCircuit: true };
  },
});

// Names that came after Node 18 and that its tests would take for leaks.
for (const name of ['navigator', 'localStorage', 'sessionStorage']) {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
  if (descriptor?.enumerable) Object.defineProperty(globalThis, name, { ...descriptor, enumerable: false });
}
