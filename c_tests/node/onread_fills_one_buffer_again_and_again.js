'use strict';
const { tick, into, receive } = require('./scene/onread');

receive('hello worlds', into(5, () => tick('tick')));
