#!/bin/sh
# Makes include/nodenet.h and include/nodenet.symbols from src/abi.
#   scripts/header.sh           writes them
#   scripts/header.sh --check   compares them with the committed ones, and compiles the header in every language and
#                               with every compiler it is promised for
set -eu
cd "$(dirname "$0")/.."

CBINDGEN_VERSION=0.29.4

have=$(cbindgen --version 2>/dev/null | sed 's/^cbindgen //') || have=none
if [ "$have" != "$CBINDGEN_VERSION" ]; then
    echo "header.sh: needs cbindgen $CBINDGEN_VERSION, found ${have:-none}:" \
        "cargo install --locked --version $CBINDGEN_VERSION cbindgen" >&2
    exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

version=$(sed -n '/^\[package\]/,/^\[/s/^version *= *"\(.*\)"$/\1/p' Cargo.toml)
numbers=${version%%-*}
major=${numbers%%.*}
minor=${numbers#*.}
minor=${minor%%.*}
patch=${numbers##*.}
sed -e "s/@VERSION@/$version/g" -e "s/@MAJOR@/$major/g" -e "s/@MINOR@/$minor/g" -e "s/@PATCH@/$patch/g" \
    cbindgen.toml >"$work/cbindgen.toml"

# What it warns of is what it leaves out on purpose: the constants that are not public.
if ! cbindgen --quiet --config "$work/cbindgen.toml" --output "$work/raw.h" --symfile "$work/raw.symbols" . \
    2>"$work/log"; then
    cat "$work/log" >&2
    exit 1
fi

# cbindgen writes negative numbers bare, spreads every comment over three lines and leaves runs of empty lines.
sed -E 's/^(#define NET_[A-Z0-9_]+) (-[0-9]+)$/\1 (\2)/' "$work/raw.h" |
    sed -E -z 's|/\*\*\n( *) \* ([^\n]{1,110})\n *\*/|/** \2 */|g' | cat -s >"$work/nodenet.h"
grep -o 'net_[a-z0-9_]*' "$work/raw.symbols" | LC_ALL=C sort -u >"$work/nodenet.symbols"

if grep -n '^#define ' "$work/nodenet.h" | grep -v ' NET_\| NODENET_H$'; then
    echo "header.sh: a constant without the prefix NET_" >&2
    exit 1
fi

if [ "${1:-}" != --check ]; then
    mkdir -p include
    cp "$work/nodenet.h" "$work/nodenet.symbols" include/
    exit 0
fi

for file in nodenet.h nodenet.symbols; do
    if ! diff -u "include/$file" "$work/$file"; then
        echo "header.sh: include/$file is not what src/abi says: run scripts/header.sh" >&2
        exit 1
    fi
done

warnings="-Wall -Wextra -Wpedantic -Werror -Wmissing-field-initializers -Wundef"
tried=0
# try COMPILER STANDARD LANGUAGE: two translation units, linked into one program.
try() {
    for unit in first second; do
        # shellcheck disable=SC2086 # a list of options
        "$1" -std="$2" $warnings -Iinclude -x "$3" -c "tests/header/$unit.c" -o "$work/$unit.o"
    done
    "$1" "$work/first.o" "$work/second.o" -o "$work/program"
    "$work/program"
    tried=$((tried + 1))
}
for pair in gcc:g++ clang:clang++; do
    c=${pair%%:*}
    cpp=${pair##*:}
    for tool in "$c" "$cpp"; do
        if ! command -v "$tool" >/dev/null; then
            echo "header.sh: $tool is missing" >&2
            exit 1
        fi
    done
    # c2x is C23 to compilers that are older than the standard.
    for standard in c99 c11 c17 c2x; do
        try "$c" "$standard" c
    done
    for standard in c++11 c++14 c++17 c++20; do
        try "$cpp" "$standard" c++
    done
done
echo "header: as src/abi says; compiles in $tried combinations of language and compiler"
