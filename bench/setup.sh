#!/usr/bin/env bash
# setup.sh: installs what bench/run.py needs beside what the tests need: the other libraries.
set -euo pipefail
# shellcheck source=../scripts/lib/setup.sh
source "$(dirname "$(readlink -f "$0")")/../scripts/lib/setup.sh"

setup_demo
ensure_commands valgrind=valgrind strace=strace c++=g++
ensure_node_reference || true
# A library that cannot be had is left out of the comparison.
for package in libuv1-dev libevent-dev libasio-dev; do
  dpkg-query --show --showformat '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || apt_install "$package" || true
done
