'use strict';
const { BlockList } = require('net');
const { trace } = require('./lib');

const list = new BlockList();
const show = (what) => trace(`${what}: ${list.size} ${JSON.stringify(list)}`);

list.addRange('10.0.0.1', '10.0.0.10');
list.addSubnet('8592:757c:efae:4e45::', 64, 'ipv6');
list.addSubnet('1.2.3.4', 16);
list.addAddress('1.1.1.1');
list.addAddress('::FFFF:2.2.2.2', 'ipv6');
show('added');
list.addAddress('2.2.2.2');
list.addCIDRs(['10.0.0.0/8', 'fe80::/10']);
list.addCIDR('::ffff:9.0.0.0/104');
show('again, in the other form');
list.removeSubnet('1.2.0.0', 16);
list.removeCIDR('1.2.3.4/16');
list.removeAddress('::ffff:1.1.1.1', 'ipv6');
list.removeRange('10.0.0.1', '10.0.0.9');
list.removeRange('10.0.0.1', '10.0.0.10');
show('removed');
list.clear();
show('cleared');
list.addCIDRs(BlockList.PRIVATE_RANGES);
show('private');
