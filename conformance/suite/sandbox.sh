#!/usr/bin/env bash
# sandbox.sh [--localhost both|ipv4] COMMAND...: runs COMMAND in a network of its own, where only loopback exists.
# Some of Node's tests name public addresses: here each of them is unreachable at once. Fixed ports meet nobody else's.
# `localhost` is 127.0.0.1 and ::1, whatever the machine's hosts file says, or the first alone.
# Inside a sandbox only the name is changed, for COMMAND alone, and the network stays.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
localhost=both
if [[ ${1:-} == --localhost ]]; then
  localhost=$2
  shift 2
fi

# shellcheck disable=SC2016 # for the shell inside
rename='mount --bind "$0" /etc/hosts && exec "$@"'
if [[ ${NODE_SUITE_SANDBOX:-} == inside ]]; then
  exec unshare --mount sh -c "$rename" "$here/hosts/$localhost" "$@"
fi

export NODE_SUITE_SANDBOX=inside
# Root of the machine, or the root that any user may be in a namespace of his own.
for user in "" "--user --map-root-user"; do
  # shellcheck disable=SC2086 # the options of a kind are words
  if unshare --mount --net $user true 2>/dev/null; then
    exec unshare --mount --net $user sh -c "ip link set lo up && $rename" "$here/hosts/$localhost" "$@"
  fi
done
echo "error: Node's tests need a network namespace of their own, and this machine gives none (unshare fails)" >&2
exit 1
