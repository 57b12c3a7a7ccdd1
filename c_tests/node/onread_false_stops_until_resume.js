'use strict';
const { after, into, receive, resume } = require('./scene/onread');

receive('abcdefgh', into(3, () => { after(5, resume); return false; }));
