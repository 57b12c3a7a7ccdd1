#!/usr/bin/env bash
# demo.sh: installs what is missing, builds, and shows an echo server talking to clients that are not ours.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
# shellcheck source=lib/setup.sh
source scripts/lib/setup.sh

setup_demo
cmake --workflow --preset demo
