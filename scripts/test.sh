#!/usr/bin/env bash
# test.sh [STEP...]: builds all and runs every check, or only the steps named. Installs what is missing first.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
# shellcheck source=lib/setup.sh
source scripts/lib/setup.sh
# shellcheck source=lib/steps.sh
source "$root/scripts/lib/steps.sh"

# The tracked files of a kind, so that no list of folders has to be kept.
tracked() { git ls-files -z -- "$@"; }

check_rustfmt() { cargo fmt --check; }
check_clippy() {
  cargo clippy --locked --all-targets -- -D warnings
  cargo clippy --locked --lib --features mutations -- -D warnings
}
check_cargo() { cargo test --locked; }
check_c_format() { tracked '*.c' '*.h' '*.cpp' '*.hpp' ':!include/nodenet.h' | xargs -0 clang-format --dry-run -Werror; }
check_shell() { tracked '*.sh' .ci/run | xargs -0 shellcheck --external-sources; }
check_header() { scripts/header.sh --check; }
check_ctest() { cmake --workflow --preset test; }
check_bench() { python3 -B bench/run.py --quick --check; }
check_valgrind() { scripts/valgrind.sh; }
check_asan() { scripts/asan.sh; }
check_differential() {
  python -B -m pytest -p no:cacheprovider conformance/differential
  conformance/differential.sh
}
check_node() {
  # What the table of names is measured by is what Node has.
  "${node_reference:?}" tests/node_compat/walk.js | diff tests/node_compat/walked.txt -
  NODE=$node_reference c_tests/node/run.sh
}
check_addon() { NODE=${node_reference:?} bindings/node/test.sh; }
check_suite() { conformance/node-suite.sh; }
check_judge() { conformance/judge.sh; }
check_demo() { cmake --workflow --preset demo; }
check_types() {
  local folder
  ruff check .
  ruff format --check .
  (cd bindings/python && mypy --strict --cache-dir "$root/build/mypy/bindings")
  # A folder of programs at a time: they import their neighbours by name, and those names repeat. The program of the
  # README is left out, for it is shown without types.
  export MYPYPATH=$root/bindings/python/src
  tracked '*.py' ':!bindings' ':!examples/readme' | xargs -0 dirname | sort --unique | while read -r folder; do
    (cd "$folder" && mypy --strict --cache-dir "$root/build/mypy/$folder" ./*.py)
  done
}
check_python() {
  cmake --preset release
  cmake --build --preset release --target nodenet-cargo
  export NODENET_LIBRARY=$root/build/release/lib/libnodenet.so PYTHONPATH=$root/bindings/python/src
  cd bindings/python
  python -B -m pytest -p no:cacheprovider
}

steps=(rustfmt c_format shell types header clippy cargo ctest python demo bench valgrind asan node addon suite differential judge)
if (($#)); then
  steps=("$@")
fi

title "nodenet: ${#steps[@]} checks"
if ! setup_test; then
  printf '\n0 passed, 1 failed\n'
  exit 1
fi
for name in "${steps[@]}"; do
  step "$name" "check_$name"
done
summary
