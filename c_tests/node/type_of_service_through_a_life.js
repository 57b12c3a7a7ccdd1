'use strict';
require('./scene/service').life('127.0.0.1');
