'use strict';
const { asking, receive } = require('./scene/onread');

let size = 1;
receive('abc', asking(() => size, () => { size = 0; }));
