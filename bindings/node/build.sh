#!/usr/bin/env bash
# build.sh: builds the library and bindings/node/build/nodenet.node. Needs cmake, gcc, Rust, and the headers of a Node:
# of NODE, else of the node in PATH, else of scripts/lib/node.sh.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
root=$(readlink -f ../..)

# headers PATH_OF_NODE: the folder that has node_api.h and uv.h for it.
headers() {
  local folder
  folder=$(dirname "$(readlink -f "$1")")/../include/node
  [[ -f $folder/node_api.h && -f $folder/uv.h ]] && readlink -f "$folder"
}

if ! include=$(headers "${NODE:-$(command -v node || true)}"); then
  # shellcheck source=../../scripts/lib/setup.sh
  source "$root/scripts/lib/setup.sh"
  ensure_node_reference
  include=$(headers "${node_reference:?}")
fi

cd "$root"
cmake --preset release >/dev/null
cmake --build --preset release --target nodenet-cargo
cmake -S bindings/node -B bindings/node/build -DCMAKE_BUILD_TYPE=Release "-DNODE_INCLUDE=$include" \
  "-DNODENET_LIBRARY=$root/build/release/lib/libnodenet.so" >/dev/null
cmake --build bindings/node/build
