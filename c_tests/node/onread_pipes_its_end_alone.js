'use strict';
const { watchSocket, serve, connect, into, receive } = require('./scene/onread');

const other = connect(serve({}, (sink) => {
  watchSocket(sink, 'sink', 'finish close');
  sink.resume();
  client.pipe(sink);
}));
watchSocket(other, 'other', 'data end close');
const client = receive('abc', into(30));
