"""Checks that the C++ header has all that the C header has: `python3 names.py INCLUDE`.

Every function, constant and field of nodenet.h must be used by nodenet.hpp or what it includes, in code and not in a
comment. So whoever adds to the C header is told to give it a name in C++.
"""

import re
import sys
from pathlib import Path

# The version of the header is that of nodenet.h; a length is always known; what is only handed out begins with nothing.
FOR_C_ONLY = {"NET_VERSION", "NET_VERSION_MAJOR", "NET_VERSION_MINOR", "NET_VERSION_PATCH", "NET_VERSION_NUMBER"}
FOR_C_ONLY |= {"NET_CSTR", "NET_DROP_INFO_INIT", "NET_TRACE_INIT"}
# Lengths of texts, and what the pieces of a gathered write are given by their order.
NO_VALUES = {"size", "host_len", "path_len", "local_address_len", "address_len", "len"}


def without_comments(text: str) -> str:
    return re.sub(r"//[^\n]*|/\*.*?\*/", " ", text, flags=re.S)


def functions(header: str) -> set[str]:
    return set(re.findall(r"\b(net_\w+)\(", header)) - set(re.findall(r"\(\*(net_\w+)\)", header))


def constants(header: str) -> set[str]:
    return set(re.findall(r"(?m)^#define (NET_\w+)", header)) - FOR_C_ONLY


def fields(header: str) -> dict[str, list[str]]:
    """The fields of each struct."""
    structs = re.findall(r"typedef struct (net_\w+) \{(.*?)\n\}", header, flags=re.S)
    return {name: re.findall(r"(\w+)(?:\[\d+\])?;", body) for name, body in structs}


def main() -> None:
    include = Path(sys.argv[1])
    header = without_comments((include / "nodenet.h").read_text())
    ours = "".join(without_comments(file.read_text()) for file in sorted(include.rglob("*.hpp")))
    words = set(re.findall(r"\w+", ours))
    reached = set(re.findall(r"(?:\.|::)(\w+)", ours))

    wanted = functions(header), constants(header), fields(header)
    if len(wanted[0]) < 150 or len(wanted[1]) < 60 or len(wanted[2]) < 8:
        sys.exit("nodenet.h was not understood")
    missing = sorted((wanted[0] | wanted[1]) - words)
    for struct, names in sorted(wanted[2].items()):
        filled = re.search(struct + r" raw = \w+_OPTIONS_INIT;(.*?)return raw;", ours, flags=re.S)
        known = set(re.findall(r"raw\.(\w+) =", filled.group(1))) if filled else reached
        missing += [f"{struct}.{name}" for name in names if name not in known | NO_VALUES]
    for name in missing:
        print(f"nodenet.hpp has nothing for {name}", file=sys.stderr)
    sys.exit(1 if missing else 0)


main()
