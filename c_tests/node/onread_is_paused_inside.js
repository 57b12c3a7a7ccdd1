'use strict';
const { after, into, receive, resume } = require('./scene/onread');

const client = receive('abcdefgh', into(3, () => { client.pause(); after(5, resume); }));
