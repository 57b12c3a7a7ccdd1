#!/bin/sh
# Runs the scenarios on Node 26 and compares what they print with the recorded traces; --record writes the traces.
# NODE is the binary (default: node). Scenario names as further arguments restrict the run.
set -u
here=$(cd "$(dirname "$0")" && pwd)
node=${NODE:-node}
record=0
if [ "${1:-}" = --record ]; then
    record=1
    shift
fi

version=$("$node" --version 2>/dev/null) || version=none
case $version in
v26.*) ;;
*)
    echo "Node 26 is needed, $node is $version"
    exit 77
    ;;
esac

if [ $# -eq 0 ]; then
    for scenario in "$here"/*.js; do
        name=$(basename "$scenario" .js)
        [ "$name" = lib ] || set -- "$@" "$name"
    done
fi

output=$(mktemp)
trap 'rm -f "$output"' EXIT
failed=0
for name in "$@"; do
    expected=$here/../traces/$name.trace
    if ! timeout 20 "$node" "$here/$name.js" >"$output" 2>&1; then
        echo "FAILED $name: it ended with an error"
        cat "$output"
        failed=$((failed + 1))
    elif [ "$record" -eq 1 ]; then
        cp "$output" "$expected"
    elif ! diff -u "$expected" "$output"; then
        echo "FAILED $name: Node $version prints another trace than was recorded"
        failed=$((failed + 1))
    fi
done
echo "$# scenarios on Node $version, $failed failed"
[ "$failed" -eq 0 ]
