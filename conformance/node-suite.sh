#!/usr/bin/env bash
# node-suite.sh [judge|OPTION...]: Node 18's own tests of net, run against bindings/node. README.md tells about it.
# Without arguments the judge of the tools and then all of class A and B; `judge` stops before the tests; else the
# OPTIONs go to suite/run.py (--help lists them), --net own for Node's net itself, or the names of tests.
set -euo pipefail
# shellcheck source=../scripts/lib/setup.sh
source "$(dirname "$(readlink -f "$0")")/../scripts/lib/setup.sh"

suite=$root/conformance/suite
tests=$root/build/node-suite

ensure_commands python3=python3 tar=tar xz=xz-utils unshare=util-linux ip=iproute2
ensure_node_reference
"$suite/fetch.sh" "$tests"
export NODE=${node_reference:?}
if [[ " $* " != *" --net "* ]]; then
  "$root/bindings/node/build.sh"
fi

# The tools take the last of an option that is given twice, so that the caller's wins.
tool() {
  "$suite/sandbox.sh" python3 -B "$suite/$1.py" --tree "$tests/test" --node "$NODE" \
    --net "$root/bindings/node/index.js" "${@:2}"
}

case ${1:-} in
  judge) tool judge "${@:2}" ;;
  "") tool judge && tool run ;;
  *) tool run "$@" ;;
esac
