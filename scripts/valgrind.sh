#!/usr/bin/env bash
# valgrind.sh [CTEST_OPTION...]: the C tests under memcheck; an invalid access or a leak is a failure.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

cmake --preset release
cmake --build --preset release
# Only the cases in C: the other entries are scripts, and memcheck would look at their interpreter.
ctest --test-dir build/release -T memcheck -L '^c$' --output-on-failure --no-tests=error -j "$(nproc)" "$@"
