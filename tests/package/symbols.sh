#!/usr/bin/env bash
# symbols.sh NM LIBRARY LIST: the library exports the names of the sorted list and no other.
set -euo pipefail
nm=$1 library=$2 list=$3

export LC_ALL=C
sort --check --unique "$list"
if grep -nv '^net_[a-z0-9_]*$' "$list"; then
  echo "the lines above in $list are not names of ours" >&2
  exit 1
fi
diff --unified=0 --label "$list" --label "exported by $library" \
  "$list" <("$nm" --dynamic --defined-only --format=posix "$library" | cut -d ' ' -f 1 | sort)
echo "$(wc -l <"$list") symbols, as listed"
