'use strict';
const fs = require('fs');
const net = require('net');
const { trace, file } = require('./lib');
const { uses } = require('./scene/bound');

const bound = new net.BoundSocket({ path: file('b') });
trace(`file=${fs.existsSync(file('b'))}`);
bound.close();
trace(`file=${fs.existsSync(file('b'))}`);
uses(bound);
trace(`isPipe=${bound.isPipe}`);
