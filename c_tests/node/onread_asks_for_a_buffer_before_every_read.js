'use strict';
const { trace, tick, asking, receive } = require('./scene/onread');

receive('hello world', asking(2, () => tick('tick')));
trace('connect has returned');
