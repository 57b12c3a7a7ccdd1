#!/usr/bin/env bash
# judge.sh [OPTION...] [FAULT...]: whether the comparison with Node finds each fault that src/core/mutation.rs lists.
set -euo pipefail
# shellcheck source=../scripts/lib/setup.sh
source "$(dirname "$(readlink -f "$0")")/../scripts/lib/setup.sh"
cd "$root"

ensure_rust
ensure_commands cc=gcc python3=python3 cmake=cmake ninja=ninja-build
ensure_node_reference
cmake --preset judge >/dev/null
cmake --build --preset judge >/dev/null
# The test that a library has no faults in it is to refuse this one.
if tests/package/no_faults.sh nm build/judge/lib/libnodenet.so src/core/mutation.rs >/dev/null 2>&1; then
  fail "tests/package/no_faults.sh finds no fault where all are"
fi
exec python3 -B conformance/differential/judge.py --node "${node_reference:?}" \
  --runner build/judge/conformance/differential/nodenet_scenarios --mutations src/core/mutation.rs \
  --memory build/judge/node.json "$@"
