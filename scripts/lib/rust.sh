# shellcheck shell=bash
# cargo, at the version that Cargo.toml asks for, and the tools that cargo installs.
: "${root:?}"

# version_at_least HAVE WANT
version_at_least() {
  [[ $(printf '%s\n%s\n' "$2" "$1" | sort --version-sort | head -n 1) == "$2" ]]
}

ensure_rust() {
  local want have
  want=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$root/Cargo.toml")
  PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
  if ! command -v cargo >/dev/null || ! command -v rustc >/dev/null; then
    fail "nodenet needs Rust $want or newer and there is none: install it as https://rustup.rs says"
    return
  fi
  # The one that this folder selects, which need not be the newest installed.
  have=$(cd "$root" && rustc --version | cut -d ' ' -f 2)
  if ! version_at_least "${have%%-*}" "$want"; then
    fail "nodenet needs Rust $want or newer and this is $have: run 'rustup update stable', or see https://rustup.rs"
  fi
}

# ensure_rust_component NAME CARGO_SUBCOMMAND
ensure_rust_component() {
  cargo "$2" --version >/dev/null 2>&1 && return
  if command -v rustup >/dev/null && rustup component add "$1"; then
    return
  fi
  fail "cargo $2 is missing: install it with 'rustup component add $1'"
}

ensure_cbindgen() {
  local cbindgen_version
  cbindgen_version=$(sed -n 's/^CBINDGEN_VERSION=//p' "$root/scripts/header.sh")
  PATH=$root/build/tools/bin:$PATH
  [[ $(cbindgen --version 2>/dev/null) == "cbindgen $cbindgen_version" ]] && return
  cargo install cbindgen --version "$cbindgen_version" --locked --root "$root/build/tools" --quiet ||
    fail "cbindgen $cbindgen_version is missing: install it with 'cargo install cbindgen --version $cbindgen_version'"
}
