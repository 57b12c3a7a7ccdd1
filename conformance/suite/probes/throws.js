'use strict';
// throws.js PLACE: two servers and three clients at work, and the listener or callback called PLACE throws. The process
// must die of it: a module that swallows exceptions turns failing assertions into passes. Without PLACE, the places.
const net = require('net');

const places = ['listen callback', 'server listening', 'server connection', 'server drop', 'server close',
  'server error', 'close callback', 'getConnections callback', 'connect callback', 'client lookup', 'lookup option',
  'client connectionAttempt', 'client connect', 'client ready', 'client readable', 'client data', 'client end',
  'client finish', 'client timeout', 'client drain', 'client error', 'client close', 'client pause', 'client resume',
  'setTimeout callback', 'write callback', 'end callback'];
const place = process.argv[2];

function at(name, then) {
  if (!places.includes(name)) throw new Error(`${name} is no place`);
  return function(...args) {
    if (name === place) {
      console.log('reached');
      throw new Error(`thrown in ${name}`);
    }
    then?.apply(this, args);
  };
}

const hear = (object, whose, events) => {
  for (const event of events.split(' ')) object.on(event, at(`${whose} ${event}`));
};

// It answers with more than a write takes at once, and has room for one.
const server = net.createServer((socket) => {
  server.getConnections(at('getConnections callback'));
  socket.on('error', () => {});
  socket.on('data', () => socket.end('answer'));
  beyond();
});
server.maxConnections = 1;
hear(server, 'server', 'listening connection drop close');
server.listen(0, '127.0.0.1', at('listen callback', talk));

function talk() {
  const { port } = server.address();
  const lookup = at('lookup option', (host, options, answer) => {
    setImmediate(() => (options.all ? answer(null, [{ address: '127.0.0.1', family: 4 }]) :
      answer(null, '127.0.0.1', 4)));
  });
  const client = net.connect({ port, host: 'server.example', lookup, highWaterMark: 4 }, at('connect callback'));
  hear(client, 'client', 'lookup connectionAttempt connect ready data end finish drain close pause resume');
  client.on('data', function once() {
    client.off('data', once);
    client.pause();
    setImmediate(() => client.resume());
  });
  client.write('question', at('write callback'));
  client.on('end', () => client.end(at('end callback')));
  client.on('close', () => {
    server.close(at('close callback'));
    failures(port);
    paused();
    idle();
  });
}

// One connection too many.
function beyond() {
  net.connect(server.address().port, '127.0.0.1').on('error', () => {}).resume();
}

function failures(port) {
  hear(net.connect(1, '127.0.0.1'), 'client', 'error');
  hear(net.createServer().listen(port, '192.0.2.1'), 'server', 'error');
}

function paused() {
  const other = net.createServer((socket) => socket.end('text')).listen(0, '127.0.0.1', () => {
    const reader = net.connect(other.address().port, '127.0.0.1');
    reader.on('readable', at('client readable', () => reader.read()));
    reader.on('close', () => other.close());
  });
}

function idle() {
  const silent = net.createServer((socket) => socket.resume()).listen(0, '127.0.0.1', () => {
    const client = net.connect(silent.address().port, '127.0.0.1');
    hear(client, 'client', 'timeout');
    client.setTimeout(1, at('setTimeout callback', () => client.destroy()));
    client.on('close', () => silent.close());
  });
}

if (place === undefined) {
  console.log(places.join('\n'));
  process.exit();
}
