'use strict';
const { net, trace, watch, done, tick } = require('./scene');

const c = watch(new net.Socket(), 'c');
c.end('x', done('end'));
tick('tick');
trace('ended', c.writableEnded, 'finished', c.writableFinished, 'destroyed', c.destroyed);
