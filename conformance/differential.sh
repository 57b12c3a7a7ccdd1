#!/usr/bin/env bash
# differential.sh [--kind KIND] [--seeds N] [--from SEED] [--seed S] [--jobs N] [--help]: plays random scenarios
# on Node and on nodenet and compares all that happens. conformance/README.md tells more.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
# shellcheck source=../scripts/lib/setup.sh
source scripts/lib/setup.sh
setup_demo
ensure_node_reference
cmake --preset release >/dev/null
cmake --build --preset release --target nodenet_scenarios >/dev/null
exec python3 -B conformance/differential/differential.py --node "${node_reference:?}" \
  --runner build/release/conformance/differential/nodenet_scenarios "$@"
