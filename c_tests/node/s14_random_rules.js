'use strict';
const net = require('net');
const { trace } = require('./lib');

let state = 1;
function next(n) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return (state >>> 16) % n;
}

const extremes = ['0.0.0.0', '255.255.255.255', '::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '::ffff:0:0',
  '::fffe:ffff:ffff', '::1:0:0:0', '::1.2.3.4'];

function randomText() {
  const kind = next(6);
  const a = next(4);
  const b = next(8);
  if (kind < 2) return `10.0.${a}.${b}`;
  if (kind === 2) return `::ffff:10.0.${a}.${b}`;
  if (kind === 3) return `::${b}`;
  if (kind === 4) return `fe80::${a}:${b}`;
  return extremes[b];
}

const at = (address) => new net.SocketAddress({ address, family: `ipv${net.isIP(address)}` });

function prefixFor(text) {
  const bits = net.isIP(text) === 4 ? 32 : 128;
  return next(4) === 0 ? next(bits + 1) : bits - next(13);
}

let ranges = [];
let subnets = [];

function change(list) {
  const kind = next(8);
  const text = randomText();
  const end = randomText();
  const prefix = prefixFor(text);
  const pick = next(16);
  if (kind < 2) return list.addAddress(at(text));
  if (kind === 2) {
    ranges.push([text, end]);
    return list.addRange(at(text), at(end));
  }
  if (kind < 5) {
    subnets.push([text, prefix]);
    return list.addSubnet(at(text), prefix);
  }
  if (kind === 5) return list.removeAddress(at(text));
  if (kind === 6 && ranges.length > 0) {
    const [from, to] = ranges[pick % ranges.length];
    return list.removeRange(at(from), at(to));
  }
  if (kind === 7 && subnets.length > 0) {
    const [network, length] = subnets[pick % subnets.length];
    return list.removeSubnet(at(network), length);
  }
}

for (let round = 0; round < 100; round++) {
  const list = new net.BlockList();
  ranges = [];
  subnets = [];
  for (let changes = 1 + next(6); changes > 0; changes--) {
    try {
      change(list);
    } catch (error) {
      trace(error.code);
    }
  }
  // Of three addresses and more, Node tells the order of a hash table.
  const { rules } = list;
  const addresses = rules.filter((rule) => rule.startsWith('Address')).sort();
  trace(`${list.size} ${[...addresses, ...rules.slice(addresses.length)].join(', ')}`);
  let blocked = '';
  for (let i = 0; i < 100; i++) {
    const text = randomText();
    blocked += list.check(text, `ipv${net.isIP(text)}`) ? '1' : '0';
  }
  trace(blocked);
}
