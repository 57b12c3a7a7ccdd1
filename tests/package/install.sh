#!/usr/bin/env bash
# install.sh CMAKE BUILD PREFIX VERSION SONAME: installs elsewhere, moves it to PREFIX, and looks at what is there.
set -euo pipefail
cmake=$1 build=$2 prefix=$3 version=$4 soname=$5

rm -rf "$prefix" "$prefix.first"
"$cmake" --install "$build" --prefix "$prefix.first" >/dev/null
mv "$prefix.first" "$prefix"

lib=$(dirname "$(find "$prefix" -name libnodenet.a)")
link() {
  local target
  target=$(readlink "$lib/$1")
  if [[ $target != "$2" ]]; then
    echo "$1 -> $target, not $2" >&2
    exit 1
  fi
}
link libnodenet.so "$soname"
link "$soname" "libnodenet.so.$version"
test -x "$lib/libnodenet.so.$version"
test -s "$prefix/include/nodenet.h"
test -s "$prefix/include/nodenet.hpp"
test -s "$prefix/include/nodenet/socket.hpp"
test -s "$lib/pkgconfig/nodenet.pc"
test -s "$lib/cmake/nodenet/nodenet-config.cmake"
if grep --recursive --fixed-strings --line-number -e "$prefix" -e "$build" \
  "$lib/pkgconfig" "$lib/cmake" "$prefix/include"; then
  echo "the lines above name a folder of this machine" >&2
  exit 1
fi
