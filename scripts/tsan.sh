#!/usr/bin/env bash
# tsan.sh: the C tests of more than one thread with ThreadSanitizer, which sees the library and Rust's own with it. Takes
# rustup, for the sources of the latter, and a clang that knows what today's Rust writes. Not part of scripts/test.sh.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
# shellcheck source=lib/setup.sh
source scripts/lib/setup.sh

threaded=(block_list_shared bound_sockets error_codes lookup loop loop_group misuse moving onread passing
  passing_processes passing_refused pipe pipe_bulk steady_state tracing)

setup_demo
if ! command -v rustup >/dev/null; then
  echo "rustup is missing: install it as https://rustup.rs says" >&2
  exit 1
fi
rustup component add rust-src
ensure_commands clang-19=clang-19
apt_install libclang-rt-19-dev

target=$(rustc -vV | sed -n 's/^host: //p')
RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=thread \
  cargo build -Zbuild-std --locked --target "$target" --target-dir build/tsan/rust
CC=clang-19 cmake -S . -B build/tsan -G Ninja -DCMAKE_BUILD_TYPE=Release -DNODENET_BUILD_TESTS=ON \
  -DNODENET_SANITIZE=thread
cmake --build build/tsan --target "${threaded[@]}"

# Found before the one that CMake built: the instrumented one, by the name that the tests look for.
ln -sf libnodenet.so "build/tsan/rust/$target/debug/libnodenet.so.0.1"
names=$(IFS='|' && echo "${threaded[*]}")
LD_LIBRARY_PATH=$PWD/build/tsan/rust/$target/debug TSAN_OPTIONS=halt_on_error=1 \
  ctest --test-dir build/tsan -j"$(nproc)" -R "^($names)\\." --output-on-failure
