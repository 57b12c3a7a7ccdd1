# shellcheck shell=bash
# Everything that the demo, and everything that the tests, need on a fresh Debian 12.

root=$(readlink -f "$(dirname "${BASH_SOURCE[0]}")/../..")
for part in log rust packages node; do
  # shellcheck source=/dev/null
  source "$root/scripts/lib/$part.sh"
done

setup_demo() {
  ensure_rust &&
    ensure_commands cc=gcc ld=binutils python3=python3 cmake=cmake ninja=ninja-build pkg-config=pkg-config socat=socat
}

setup_test() {
  ensure_rust &&
    ensure_rust_component rustfmt fmt &&
    ensure_rust_component clippy clippy &&
    ensure_commands cc=gcc c++=g++ clang=clang ld=binutils git=git python3=python3 cmake=cmake ninja=ninja-build \
      pkg-config=pkg-config socat=socat nc=netcat-openbsd valgrind=valgrind &&
    pip_install --requirement "$root/scripts/requirements.txt" &&
    ensure_cbindgen &&
    ensure_node_reference
}
