'use strict';
const { asking, receive } = require('./scene/onread');

const onread = asking(2);
const give = onread.buffer;
let given = false;
onread.buffer = () => {
  const buffer = give();
  if (given) return null;
  given = true;
  return buffer;
};
receive('abcdef', onread);
