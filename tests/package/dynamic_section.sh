#!/usr/bin/env bash
# dynamic_section.sh READELF LIBRARY SONAME: the SONAME, the flag that keeps the library loaded, and no search path.
set -euo pipefail
readelf=$1 library=$2 soname=$3

section=$("$readelf" --dynamic --wide "$library")
expect() {
  if ! grep --extended-regexp --quiet "$1" <<<"$section"; then
    printf 'not in the dynamic section: %s\n%s\n' "$1" "$section" >&2
    exit 1
  fi
}
expect "\(SONAME\) .*\[${soname//./\\.}\]$"
expect '\(FLAGS_1\) .*\bNODELETE\b'
if grep --extended-regexp '\((RPATH|RUNPATH|TEXTREL)\)' <<<"$section"; then
  echo "a shipped library has no use for the entry above" >&2
  exit 1
fi
