'use strict';
const { net, trace, watch } = require('./scene');

const c = watch(new net.Socket(), 'c');
try { c.connect({ port: 9, host: '127.0.0.1', localAddress: 'no address' }); } catch (err) { trace(err.code); }
