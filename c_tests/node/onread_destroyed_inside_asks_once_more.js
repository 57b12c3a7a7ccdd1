'use strict';
const { asking, receive } = require('./scene/onread');

const client = receive('abcdefgh', asking(3, () => { client.destroy(); }));
