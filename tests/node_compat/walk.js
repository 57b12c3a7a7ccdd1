// Prints the name of everything that Node's net has, one a line: what is exported, what the classes and their objects
// have, and what sockets and servers inherit. Names of Node's own inside (with an underscore or a private symbol) are
// left out.
'use strict';
const net = require('net');
const { Duplex, Readable, Writable, Stream } = require('stream');
const { EventEmitter } = require('events');

const wellKnown = [Symbol.asyncDispose, Symbol.asyncIterator, Symbol.dispose];
const names = new Set();

function add(prefix, object, without = []) {
  for (const key of Reflect.ownKeys(object)) {
    if (without.includes(key)) continue;
    if (typeof key === 'symbol') {
      if (wellKnown.includes(key)) names.add(`${prefix}[${key.description}]`);
    } else if (!key.startsWith('_')) {
      names.add(`${prefix}.${key}`);
    }
  }
}

const classes = ['BlockList', 'BoundSocket', 'Server', 'Socket', 'SocketAddress'];
add('net', net, classes);
for (const name of classes) {
  const Class = net[name];
  const object = name[0].toLowerCase() + name.slice(1);
  names.add(`new net.${name}`);
  add(name, Class, ['length', 'name', 'prototype']);
  add(object, Class.prototype, ['constructor']);
}
add('socket', new net.Socket());
for (const { prototype } of [Duplex, Readable, Writable, Stream, EventEmitter]) add('socket', prototype, ['constructor']);
add('server', EventEmitter.prototype, ['constructor']);
for (const name of [...names].sort()) console.log(name);
