'use strict';
const { into, receive } = require('./scene/onread');

receive('abc', into(0));
