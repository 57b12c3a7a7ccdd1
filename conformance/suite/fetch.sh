#!/usr/bin/env bash
# fetch.sh FOLDER: FOLDER/test becomes the test tree of Node 18, out of Debian 12's source package.
# The machine's own sources need no deb-src line: apt works here with lists and a cache of its own.
set -euo pipefail

folder=${1:?usage: fetch.sh FOLDER}
# A security update of Debian's raises the package's version and keeps this archive: so the archive is what is pinned.
package=nodejs
archive=nodejs_18.20.4+dfsg.orig.tar.xz
sha256=6ce58062c71eae37d9c5ac31eeaeff9c2d48561d21c2849179d056c9c1bd9ebc
wanted=(common fixtures parallel sequential pummel async-hooks)

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

[[ -f $folder/complete && $(<"$folder/complete") == "$sha256" ]] && exit 0
command -v apt-get >/dev/null || fail "Node's tests come from Debian's source package of $package: apt-get is missing"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/state/lists/partial" "$tmp/cache/archives/partial" "$tmp/source"

# The mirror that this machine uses for Debian, else Debian's own. What comes is believed for its checksum alone.
mirror=$(
  shopt -s nullglob
  for list in /etc/apt/sources.list.d/*.sources; do sed -n 's/^URIs: *//p' "$list"; done
  for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [[ ! -f $list ]] || sed -nE 's/^deb (\[[^]]*\] )?([^ ]+) .*/\2/p' "$list"
  done
)
mirror=$(grep -E '/debian/?$' <<<"$mirror" | head -n 1) || mirror=http://deb.debian.org/debian
echo "deb-src [trusted=yes] $mirror bookworm main" >"$tmp/sources.list"

apt() {
  apt-get -qq -o Dir::Etc::SourceList="$tmp/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State="$tmp/state" -o Dir::Cache="$tmp/cache" -o APT::Sandbox::User='' \
    -o Acquire::Retries=2 -o Acquire::http::Timeout=30 "$@"
}
(cd "$tmp/source" && apt update && apt source --download-only --tar-only "$package") >"$tmp/log" 2>&1 ||
  fail "no source package of $package from $mirror: $(grep -m 1 -E '^[WE]: ' "$tmp/log")"
[[ -f $tmp/source/$archive ]] || fail "the source package of $package has no $archive any more"
sha256sum --check --status <<<"$sha256  $tmp/source/$archive" || fail "$archive has another checksum than expected"

rm -rf "$folder"
mkdir -p "$folder"
tar --extract --xz --file "$tmp/source/$archive" --directory "$folder" --strip-components=1 --wildcards \
  "${wanted[@]/#/*/test/}"
echo "$sha256" >"$folder/complete"
