#!/usr/bin/env bash
# test.sh: builds the addon and runs its tests with NODE, else with the node in PATH.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
node=${NODE:-node}
NODE=$node ./build.sh
report=$(mktemp)
trap 'rm -f "$report"' EXIT
status=0
"$node" --test --test-reporter=tap tests/ >"$report" || status=$?
cat "$report"
awk '/^# pass /{ pass = $3 } /^# (fail|cancelled) /{ fail += $3 } END { printf "%d passed, %d failed\n", pass, fail }' "$report"
exit "$status"
