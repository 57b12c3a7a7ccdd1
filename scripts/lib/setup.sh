# shellcheck shell=bash
# Everything that the demo, and everything that the tests, need on a fresh Debian 12.

root=$(readlink -f "$(dirname "${BASH_SOURCE[0]}")/../..")
# shellcheck source=log.sh
source "$root/scripts/lib/log.sh"
# shellcheck source=rust.sh
source "$root/scripts/lib/rust.sh"
# shellcheck source=packages.sh
source "$root/scripts/lib/packages.sh"
# shellcheck source=node.sh
source "$root/scripts/lib/node.sh"

setup_demo() {
  ensure_rust &&
    ensure_commands cc=gcc ld=binutils python3=python3 cmake=cmake ninja=ninja-build pkg-config=pkg-config socat=socat
}

setup_test() {
  ensure_rust &&
    ensure_rust_component rustfmt fmt &&
    ensure_rust_component clippy clippy &&
    ensure_commands cc=gcc c++=g++ clang=clang ld=binutils git=git python3=python3 cmake=cmake ninja=ninja-build \
      pkg-config=pkg-config socat=socat nc=netcat-openbsd valgrind=valgrind strace=strace \
      ip=iproute2 xz=xz-utils &&
    pip_install --requirement "$root/scripts/requirements.txt" &&
    ensure_cbindgen &&
    ensure_node_reference
}
