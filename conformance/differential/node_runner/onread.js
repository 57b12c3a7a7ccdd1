'use strict';
// Reading into a buffer of the program's own.

// The option `onread` of a socket, with a buffer of `size` bytes, or with a function that gives one for each read.
function onreadOf(play, thing, size, byFunction) {
  let told = false;
  let given = 0;
  // A new handle always gets one; after bytes came, the third time, there is none, and the one before is used again.
  function next() {
    given += 1;
    const length = told && given % 3 === 0 ? null : given % 3 === 2 ? 2 * size : size;
    told = false;
    play.print(`${thing.name} buffer ${length ?? 'none'}`);
    return length === null ? null : Buffer.alloc(length);
  }
  function callback(count, buffer) {
    told = true;
    play.event(thing, 'onread', `${count}${play.check(thing, buffer.subarray(0, count))}`);
    const goesOn = !thing.stops;
    thing.stops = false;
    return goesOn;
  }
  return { buffer: byFunction ? next : Buffer.alloc(size), callback };
}

module.exports = { onreadOf };
