'use strict';
// What the scenarios of onread share: one client with the option, whose callback traces, does something and answers.

const scene = require('.');
const { net, trace } = scene;

const events = 'connect end pause resume finish timeout error close';
const room = Buffer.alloc(64);
let askings = 0;

function into(size, also = () => {}) {
  const callback = (count, buffer) => {
    trace('read', count, scene.data(buffer.subarray(0, count)), 'of', one.client.bytesRead);
    return also(buffer);
  };
  return { buffer: room.subarray(0, size), callback };
}

function asking(size, also) {
  const buffer = () => {
    trace('asked', ++askings);
    return room.subarray(0, typeof size === 'function' ? size() : size);
  };
  return { buffer, callback: into(0, also).callback };
}

const one = { client: undefined };

function make(onread) {
  one.client = scene.watchSocket(new net.Socket({ onread }), 'client', events.replace(' close', ''));
  one.client.on('close', (hadError) => trace('client close', Boolean(hadError)));
  return one.client;
}

const send = (text) => (peer) => {
  peer.on('error', () => {}).resume();
  peer.end(text);
};

// A client that connects to a server that sends `text` and ends.
function receive(text, onread) {
  const port = scene.serve({}, send(text));
  return make(onread).connect(port, '127.0.0.1');
}

function resume() {
  trace('resuming');
  one.client.resume();
}

module.exports = { ...scene, into, asking, make, send, receive, resume, one };
