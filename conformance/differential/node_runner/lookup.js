'use strict';
// Lookups that the scenario answers.
const dns = require('dns');
const net = require('net');

// The flags as the library numbers them.
const HINTS = [dns.ADDRCONFIG, dns.V4MAPPED, dns.ALL];

// The option `lookup` of a connect: answered at once, or by the action `answer`.
function lookupOf(play, thing, answer) {
  return (host, { family, hints, all }, callback) => {
    const flags = HINTS.reduce((sum, flag, index) => sum + (hints & flag ? 1 << index : 0), 0);
    play.print(`${thing.name} asks host=${host} family=${family ?? 0} hints=${flags} all=${all === true}`);
    thing.asked = { all, callback };
    if (answer !== 'wait') {
      answerLookup(play, thing, answer);
    }
  };
}

// Inside an action it is put off, as the listeners are that Node would call there.
function answerLookup(play, thing, text) {
  if (thing.asked === undefined) {
    return 'absent';
  }
  const { all, callback } = thing.asked;
  thing.asked = undefined;
  const answer = (...words) => (play.depth > 0 ? process.nextTick(callback, ...words) : callback(...words));
  if (text === 'fail') {
    answer(Object.assign(new Error('the lookup fails'), { code: 'E_LOOKUP' }));
    return undefined;
  }
  const found = text.split(',').map((address) => ({ address, family: net.isIPv6(address) ? 6 : 4 }));
  if (all) {
    answer(null, found);
  } else {
    answer(null, found[0].address, found[0].family);
  }
  return undefined;
}

module.exports = { answerLookup, lookupOf };
