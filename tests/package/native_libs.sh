#!/usr/bin/env bash
# native_libs.sh CARGO SOURCE TARGET_DIR LIST: what rustc wants linked beside libnodenet.a is what CMake and the .pc
# file say.
set -euo pipefail
cargo=$1 source=$2 target=$3 list=$4

cd "$source"
# Only the list matters: the quickest build that links will do.
export CARGO_PROFILE_DEV_OPT_LEVEL=0 CARGO_PROFILE_DEV_DEBUG=false
log=$("$cargo" rustc --lib --locked --crate-type staticlib --target-dir "$target" -- \
  --print native-static-libs 2>&1) || {
  echo "$log" >&2
  exit 1
}
wanted=$(sed -n 's/^note: native-static-libs: //p' <<<"$log" | tr ' ' '\n' | awk 'NF && !seen[$0]++' | paste -sd ' ')
if [[ $wanted != "$list" || -z $wanted ]]; then
  printf 'rustc wants  %s\nCMake links  %s\n' "$wanted" "$list" >&2
  exit 1
fi
