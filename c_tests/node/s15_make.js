'use strict';
const { SocketAddress } = require('net');
const { trace } = require('./lib');

function make(address, family, port, flowlabel) {
  const asked = `${address} ${family} ${port} ${flowlabel}`;
  try {
    const made = new SocketAddress({ address: address ?? undefined, family: `ipv${family}`, port, flowlabel });
    trace(`${asked}: ${made.family} ${made.address} ${made.port} ${made.flowlabel}`);
  } catch (error) {
    trace(`${asked}: ${error.code}`);
  }
}

make(null, 4, 0, 0);
make(null, 6, 65535, 12);
make('1.2.3.4', 4, 80, 12);
make('::', 6, 1, 0xfffff);
for (const text of ['1.2.3.04', '1.2.3', '', '::1', '1.2.3.4 ', '1.2.3.4%lo']) make(text, 4, 0, 0);
for (const text of ['1.2.3.4', '', '::FFFF:1.2.3.4', 'fe80::1%lo', 'fe80::1%nobody', '::1%', '1:2:3:4:5:6:7::', '::1.2.3.4',
  '::ffff:0:1.2.3.4', '0:0:0:0:0:ffff:0:0', '::1:2', '::1:0', '1:2:0:4:5:6:7:8', '00001::', '::1.2.3', '1:0:0:2:0:0:0:3',
  '64:ff9b::1.2.3.4', '::2', '1:2:3:4::5:6:7:8', ':::']) make(text, 6, 7, 0);
