'use strict';
const { net, watch, file } = require('./scene');

require('fs').writeFileSync(file('plain'), '');
watch(net.connect(file('plain')), 'c');
