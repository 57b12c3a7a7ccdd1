'use strict';
const { BlockList } = require('net');
const { trace } = require('./lib');

const list = new BlockList();
function attempt(what, call) {
  try {
    call();
    trace(`${what}: ok`);
  } catch (error) {
    trace(`${what}: ${error.code}`);
  }
}

for (const text of ['', 'x', '1.1.1', '1.1.1.01', '1.1.1.1.', '::1', '1.1.1.1 ']) {
  attempt(`IPv4 "${text}"`, () => list.addAddress(text));
  attempt(`IPv4 network "${text}"`, () => list.addSubnet(text, 8));
}
for (const text of ['', ':', '::1::', '1.1.1.1', '12345::', '::1%lo', '::FFFF:1.1.1.1']) {
  attempt(`IPv6 "${text}"`, () => list.addAddress(text, 'ipv6'));
  attempt(`without "${text}"`, () => list.removeAddress(text, 'ipv6'));
}
attempt('several', () => list.addAddresses(['7.7.7.7', 'x']));
attempt('upside down', () => list.addRange('1.1.1.2', '1.1.1.1'));
attempt('remove upside down', () => list.removeRange('1.1.1.2', '1.1.1.1'));
attempt('one', () => list.addRange('1.1.1.2', '1.1.1.2'));
for (const prefix of [-1, 0, 32, 33]) attempt(`IPv4 /${prefix}`, () => list.addSubnet('1.1.1.1', prefix));
for (const prefix of [-1, 0, 128, 129]) attempt(`IPv6 /${prefix}`, () => list.addSubnet('::1', prefix, 'ipv6'));
for (const cidr of ['1.2.3.4', '1.2.3.4/', '1.2.3.4/08', '1.2.3.4/ 8', '1.2.3.4/8 ', '1.2.3.4/-1', '1.2.3.4/-0', '1.2.3.4/33',
  '1.2.3.4/1e1', '1.2.3.4/99999999999999999999', '1.2.3.4/100000000000000000000', '1.2.3/8', '/8', '1.2.3.4/8/8', '::/129', '::/0', '1.2.3.4/0']) {
  attempt(cidr, () => list.addCIDR(cidr));
  attempt(`without ${cidr}`, () => list.removeCIDR(cidr));
}
attempt('a bad text among CIDRs', () => list.addCIDRs(['11.0.0.0/8', '12.0.0.0']));
attempt('a bad address among CIDRs', () => list.addCIDRs(['13.0.0.0/8', 'x/8', '14.0.0.0/8']));
for (const text of ['', 'x', '1.1.1', '::1']) trace(`check "${text}": ${list.check(text)}`);
trace(JSON.stringify(list));
