'use strict';
require('./scene/service').life('::1');
