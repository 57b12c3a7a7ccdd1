#!/usr/bin/env bash
# judge.sh [FAULT...]: whether the comparison with Node finds each of the faults that src/core/mutation.rs lists.
# --seeds N: as many of the fixed seeds. --help: the rest.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
# shellcheck source=../scripts/lib/setup.sh
source scripts/lib/setup.sh
setup_differential

cmake --preset judge >/dev/null
cmake --build --preset judge --target nodenet_scenarios >/dev/null
exec python3 -B conformance/differential/judge.py --node "${node_reference:?}" \
  --runner build/judge/conformance/differential/nodenet_scenarios --mutations src/core/mutation.rs \
  --memory build/judge/node.json "$@"
