'use strict';
// How addresses and errors are written in a trace.

const ERROR_FIELDS = ['code', 'errno', 'syscall', 'address', 'port', 'localAddress', 'localPort', 'hostname'];

function addressText(address) {
  if (address === null || address === undefined) {
    return null;
  }
  if (typeof address === 'string') {
    return address;
  }
  if (address.address === undefined) {
    return null;
  }
  return address.port === undefined ? address.address : `${address.address}:${address.port}/${address.family}`;
}

function errorText(error) {
  const words = error.name === 'Error' ? [] : [`name=${error.name}`];
  for (const field of ERROR_FIELDS) {
    if (error[field] !== undefined && error[field] !== null) {
      words.push(`${field}=${error[field]}`);
    }
  }
  words.push(`message="${String(error.message).replace(/\n/g, ' ').replace(/[\\"]/g, '\\$&')}"`);
  if (error.errors) {
    words.push(`errors=[${error.errors.map(errorText).join(', ')}]`);
  }
  return words.join(' ');
}

module.exports = { addressText, errorText };
