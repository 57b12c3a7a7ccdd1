#!/usr/bin/env bash
# build_with_pkg_config.sh PKG_CONFIG PREFIX OUT: the same programs without CMake.
set -euo pipefail
pkg_config=$1 prefix=$2 out=$3
here=$(dirname "$(readlink -f "$0")")

mkdir -p "$out"
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name nodenet.pc)")
export PKG_CONFIG_PATH
warnings=(-Wall -Wextra -Wpedantic -Werror)
read -ra cflags < <("$pkg_config" --cflags nodenet)
read -ra shared < <("$pkg_config" --libs nodenet)
read -ra static < <("$pkg_config" --static --libs nodenet)
# The linker prefers a .so that lies beside the .a unless the file is named.
static=("${static[@]/#-lnodenet/-l:libnodenet.a}")
libdir=$("$pkg_config" --variable=libdir nodenet)

${CC:-cc} -std=c99 "${warnings[@]}" "${cflags[@]}" "$here/echo.c" -o "$out/c-shared" "${shared[@]}" "-Wl,-rpath,$libdir"
${CC:-cc} -std=c99 "${warnings[@]}" "${cflags[@]}" "$here/echo.c" -o "$out/c-static" "${static[@]}"
${CXX:-c++} -std=c++11 "${warnings[@]}" "${cflags[@]}" "$here/echo.cpp" -o "$out/cpp-shared" "${shared[@]}" \
  "-Wl,-rpath,$libdir"
${CXX:-c++} -std=c++11 "${warnings[@]}" "${cflags[@]}" "$here/echo.cpp" -o "$out/cpp-static" "${static[@]}"

${CXX:-c++} -std=c++17 "${warnings[@]}" "${cflags[@]}" "$here/echo_hpp.cpp" "$here/second_hpp.cpp" -o "$out/hpp-shared" \
  "${shared[@]}" "-Wl,-rpath,$libdir"

for program in c-shared c-static cpp-shared cpp-static hpp-shared; do
  timeout 30 "$out/$program"
  needs=$(readelf --dynamic "$out/$program" | grep -c 'NEEDED.*libnodenet' || true)
  case $program in
    *-shared) expected=1 ;;
    *) expected=0 ;;
  esac
  if [[ $needs != "$expected" ]]; then
    echo "$program: loads libnodenet.so $needs times, expected $expected" >&2
    exit 1
  fi
done
