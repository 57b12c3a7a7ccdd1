'use strict';
const net = require('net');
const { trace } = require('./lib');

const show = () => trace(`family=${net.getDefaultAutoSelectFamily()} timeout=${net.getDefaultAutoSelectFamilyAttemptTimeout()}`);
show();
net.setDefaultAutoSelectFamilyAttemptTimeout(5);
show();
net.setDefaultAutoSelectFamilyAttemptTimeout(300);
net.setDefaultAutoSelectFamily(false);
show();
const ask = (options) => new net.Socket().on('error', () => {}).connect({
  port: 1, host: 'name', ...options,
  lookup: (host, { all }, answer) => {
    trace(`all=${all ?? false}`);
    process.nextTick(answer, new Error('no'));
  },
});
ask({});
ask({ autoSelectFamily: true });
net.setDefaultAutoSelectFamily(true);
ask({});
ask({ autoSelectFamily: false });
