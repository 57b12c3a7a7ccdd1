#!/usr/bin/env bash
# no_faults.sh NM LIBRARY MUTATIONS: what ships has nothing of the faults that MUTATIONS (src/core/mutation.rs) lists for tests.
set -euo pipefail
nm=$1 library=$2 mutations=$3

names=$(sed -n 's/^ *\([A-Z][A-Za-z]*\) = "\([a-z-]*\)",$/\1\n\2/p' "$mutations")
count=$(($(wc -l <<<"$names") / 2))
if ((count < 20)); then
  echo "no list of faults in $mutations" >&2
  exit 1
fi
# A text that is there, so that the search is known to find something.
grep --quiet --text --fixed-strings ERR_STREAM_WRITE_AFTER_END "$library"
looked_for=$(printf '%s\n' NODENET_MUTATION mutation "$names")
symbols=$("$nm" "$library")
if { cat "$library" && echo "$symbols"; } | grep --text --only-matching --fixed-strings "$looked_for" | sort --unique; then
  echo "the words above are in $library" >&2
  exit 1
fi
echo "none of $count faults"
