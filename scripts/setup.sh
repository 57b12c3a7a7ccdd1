#!/usr/bin/env bash
# setup.sh [demo|test]: installs what the demo or the tests need and tells what is there.
set -euo pipefail
# shellcheck source=lib/setup.sh
source "$(dirname "$0")/lib/setup.sh"

"setup_${1:-test}"
say "$(rustc --version)"
say "$(cc --version | head -n 1)"
say "$(cmake --version | head -n 1)"
