'use strict';
// What the scenarios of the type of service share: what the calls say, and what is left.

const scene = require('.');
const { net, trace } = scene;

function attempt(call) {
  try {
    const answer = call();
    return typeof answer === 'number' ? answer : 'OK';
  } catch (error) {
    return error.code;
  }
}

const say = (socket, when) => trace(`${when}:`, attempt(() => socket.getTypeOfService()));

function mark(socket, tos) {
  trace(`set ${tos}:`, attempt(() => socket.setTypeOfService(tos)));
  say(socket, 'now');
}

function ends(socket) {
  socket.on('connect', () => {
    say(socket, 'connected');
    [255, 3, 0x18].forEach((tos) => mark(socket, tos));
    socket.end();
  });
  socket.on('close', () => {
    say(socket, 'closed');
    mark(socket, 1);
  });
  return socket.resume();
}

function life(address) {
  const socket = new net.Socket({ typeOfService: 0x20 });
  say(socket, 'option');
  mark(socket, 0x28);
  socket.connect(scene.serve({}, (peer) => peer.resume()), address);
  mark(socket, 0x28);
  mark(socket, 0x30);
  socket.on('connectionAttempt', () => { say(socket, 'attempt'); mark(socket, 0x40); });
  ends(socket);
}

module.exports = { ...scene, say, mark, ends, life };
