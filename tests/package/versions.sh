#!/usr/bin/env bash
# versions.sh SOURCE PREFIX CMAKE PKG_CONFIG: the version of Cargo.toml is the one in every other place.
set -euo pipefail
source=$1 prefix=$2 cmake=$3 pkg_config=$4

lib=$(dirname "$(find "$prefix" -name libnodenet.a)")
version=$(sed -n 's/^version = "\([^"]*\)"$/\1/p' "$source/Cargo.toml")
IFS=. read -r major minor patch <<<"$version"
failed=0

same() {
  printf '%-32s %s\n' "$1" "$2"
  if [[ $2 != "$3" ]]; then
    echo "  expected $3" >&2
    failed=1
  fi
}

macro() {
  printf '#include <nodenet.h>\nvalue %s\n' "$1" | cc -E -P -I "$prefix/include" - | sed -n 's/^value //p'
}

same NET_VERSION "$(macro NET_VERSION)" "\"$version\""
same NET_VERSION_MAJOR "$(macro NET_VERSION_MAJOR)" "$major"
same NET_VERSION_MINOR "$(macro NET_VERSION_MINOR)" "$minor"
same NET_VERSION_PATCH "$(macro NET_VERSION_PATCH)" "$patch"
number=$(macro NET_VERSION_NUMBER)
[[ $number =~ ^[0-9()*+\ ]+$ ]] && number=$((number))
same NET_VERSION_NUMBER "$number" "$((major * 10000 + minor * 100 + patch))"

same nodenet.pc "$(PKG_CONFIG_PATH="$lib/pkgconfig" "$pkg_config" --modversion nodenet)" "$version"

script=$(mktemp)
trap 'rm -f "$script"' EXIT
cat >"$script" <<END
set(PACKAGE_FIND_VERSION $major.$minor)
set(PACKAGE_FIND_VERSION_MAJOR $major)
set(PACKAGE_FIND_VERSION_MINOR $minor)
include($lib/cmake/nodenet/nodenet-config-version.cmake)
message("\${PACKAGE_VERSION} \${PACKAGE_VERSION_COMPATIBLE}")
END
# The version file also asks how wide pointers are, which a script has no compiler to know.
same nodenet-config-version.cmake "$("$cmake" -DCMAKE_SIZEOF_VOID_P=8 -P "$script" 2>&1)" "$version TRUE"

cat >"$script" <<'END'
import ctypes, sys
lib = ctypes.CDLL(sys.argv[1])
lib.net_version.restype = ctypes.c_char_p
lib.net_version_number.restype = ctypes.c_uint32
print(lib.net_version().decode(), lib.net_version_number())
END
same "net_version(), net_version_number()" "$(python3 "$script" "$lib/libnodenet.so")" \
  "$version $((major * 10000 + minor * 100 + patch))"
exit "$failed"
