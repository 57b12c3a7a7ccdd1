#!/usr/bin/env bash
# msrv.sh: builds and tests the library with the oldest Rust that Cargo.toml promises, which rustup fetches. Not part of
# scripts/test.sh, which takes the Rust that is there.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

version=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
if ! command -v rustup >/dev/null; then
  echo "rustup is missing: install it as https://rustup.rs says" >&2
  exit 1
fi
rustup toolchain install "$version" --profile minimal --no-self-update
cargo "+$version" test --locked --target-dir target/msrv
