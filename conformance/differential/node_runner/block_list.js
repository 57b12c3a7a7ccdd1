'use strict';
// Block lists.

function typeOf(address) {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

function rule(method, isRange) {
  return (play, { object }, [first, second]) => {
    if (second === undefined) {
      return object[method](first, typeOf(first));
    }
    return object[method](first, isRange ? second : Number(second), typeOf(first));
  };
}

const BLOCK_LIST_PROPERTIES = [['size', (list) => list.size]];

const BLOCK_LIST_ACTIONS = {
  addAddress: rule('addAddress'),
  addRange: rule('addRange', true),
  addSubnet: rule('addSubnet', false),
  addCIDR: (play, { object }, [text]) => object.addCIDR(text),
  removeAddress: rule('removeAddress'),
  removeRange: rule('removeRange', true),
  removeSubnet: rule('removeSubnet', false),
  removeCIDR: (play, { object }, [text]) => object.removeCIDR(text),
  check: rule('check'),
  // Node has them in the order of a hash table.
  rules: (play, { object }) => [...object.rules].sort().join(', ') || 'none',
  clear(play, { object }) {
    object.clear();
  },
};

module.exports = { BLOCK_LIST_ACTIONS, BLOCK_LIST_PROPERTIES };
