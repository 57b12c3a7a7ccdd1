#!/usr/bin/env bash
# valgrind.sh [CTEST_OPTION...]: the C tests under memcheck; an invalid access or a leak is a failure.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

cmake --preset release
cmake --build --preset release
# Scripts are left out: their programs run under memcheck as tests of their own.
ctest --test-dir build/release -T memcheck -LE '^(package|script)$' --output-on-failure --no-tests=error -j 2 "$@"
