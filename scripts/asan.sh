#!/usr/bin/env bash
# asan.sh: the C tests and examples compiled with Address-, UndefinedBehavior- and LeakSanitizer.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

cmake --preset asan
cmake --build --preset asan
ctest --preset asan
