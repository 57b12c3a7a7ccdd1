'use strict';
const { net, trace, watch, done, tick, settle } = require('./scene');

const c = watch(new net.Socket(), 'c');
c.end(done('end'));
tick('tick');
trace('ended', c.writableEnded, 'finished', c.writableFinished, 'destroyed', c.destroyed);
settle(() => trace('finished', c.writableFinished, 'destroyed', c.destroyed));
