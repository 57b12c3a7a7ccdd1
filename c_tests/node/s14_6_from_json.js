'use strict';
const { BlockList } = require('net');
const { trace } = require('./lib');

const texts = [
  '[]', ' [ ] ', '["x"]', '["Address: IPv4 1.2.3.4"]', '["Address: IPv4 1.2.3.999"]', '["Address: IPv4 1.2.3.4567"]',
  '["Range: IPv4 1.1.1.9-1.1.1.1"]', '["Subnet: IPv4 1.1.1.1/99"]', '["Subnet: IPv4 1.1.1.1/333"]',
  '["Subnet: IPv4 9.9.9.9/100"]', '["x Address: IPv4 5.5.5.5y Subnet: IPv4 6.6.6.6/8"]', '["address: ipv6 ::5 IPv6"]',
  '["address: ipv4 5.5.5.5 IPv4"]', '["IPv6 Address: IPv4 9.9.9.9"]', '["IPv4 IPv6 Address: IPv6 ::77"]',
  '["Range: IPv6 ::1-::9","Subnet: IPv6 ::1/64"]', '["Subnet: IPv6 ::1/999"]', '["Address: IPv6 fe80::1%lo"]',
  '["Address: IPv6 1:2"]', '["Address: IPv4 7.7.7.7","Address: IPv4 7.7.7.777","Address: IPv4 8.7.7.7"]',
  '["Range: IPv6 ::ffff:1.1.1.1-1.1.1.9"]', '["Range: IPv4 1.1.1.1-::ffff:1.1.1.9"]',
  '["Range: IPv4 1.1.1.1-1.1.1.9999 Address: IPv4 3.3.3.3"]', '["Subnet: IPv4 9.9.9.9/ Address: IPv4 3.3.3.4 IPv6"]',
  '["Address: IPv4 1.2.3.4 Address: IPv4 4.3.2.1"]', '["Address: IPv4 1234.5.6.7 Address: IPv4 4.3.2.1"]',
  '["Address: IPv6 ::1 Range: IPv6 ::1-::2 Subnet: IPv6 ::3/128"]', '["Subnet: IPv4 1.2.3/8"]',
  '["Subnet: IPv6 1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1/64"]', '["Address: IPv4 2.2.2.\\u0032"]',
  '["\\ud83d\\ude00 \\ud800 \\"\\\\\\/\\b\\f\\n\\r\\t"]', '["Address:\\tIPv4 2.2.2.2"]', '["Address: IPv4  2.2.2.2"]',
  '', 'x', '{}', 'null', '"x"', '[1]', '["x",]', '["x"', '["x]', '["\\x"]', '[]x', '["\n"]', '["\\u12"]', '[,]', '["x" "y"]',
  '[["x"]]', '["Address: IPv4 1.2.3.4",1]',
];
for (const text of texts) {
  const list = new BlockList();
  let result = 'ok';
  try {
    list.fromJSON(text);
  } catch (error) {
    // What is no list of strings has one code in C.
    result = error instanceof SyntaxError || error.code === 'ERR_INVALID_ARG_TYPE' ? 'EINVAL' : error.code;
  }
  trace(`${text.replace(/\n/g, '\\n')} ${result} ${JSON.stringify(list)}`);
}
