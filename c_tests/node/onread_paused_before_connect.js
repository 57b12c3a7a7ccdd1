'use strict';
const { settle, into, receive, resume } = require('./scene/onread');

const client = receive('abcdefgh', into(30));
client.pause();
settle(resume);
