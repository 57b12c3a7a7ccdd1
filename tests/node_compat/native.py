"""Checks docs/node-compat.md against the C and the C++ headers: `python3 native.py ROOT`.

Every symbol that a row names has to exist, everything that Node has (walked.txt, documented.txt) has to have a row, and
every function of the library has to be in a row, so the document is complete in both directions.
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from table import NONE, Row, codes, rows


def without_comments(text: str) -> str:
    return re.sub(r"//[^\n]*|/\*.*?\*/", " ", text, flags=re.S)


class Header:
    """What nodenet.h declares."""

    def __init__(self, include: Path) -> None:
        text = without_comments((include / "nodenet.h").read_text())
        self.functions = set((include / "nodenet.symbols").read_text().split())
        self.words = set(re.findall(r"\bnet_\w+|\bNET_\w+", text))
        structs = re.findall(r"typedef struct (net_\w+) \{(.*?)\n\}", text, flags=re.S)
        self.fields = {name: set(re.findall(r"(\w+)(?:\[\d+\])?;", body)) for name, body in structs}
        if len(self.functions) < 150 or len(self.fields) < 8:
            sys.exit("nodenet.h was not understood")

    def has(self, code: str) -> bool:
        if "." in code:
            struct, field = code.split(".", 1)
            return field in self.fields.get(struct, ())
        name = re.sub(r"\(.*", "", code)
        # A name of a function only counts if the library exports it.
        return name in self.functions or (name in self.words and not self.is_declared_function(name))

    def is_declared_function(self, name: str) -> bool:
        return name.startswith("net_") and name not in self.fields and not self.is_type(name)

    def is_type(self, name: str) -> bool:
        return name in self.fields or name.endswith("_fn") or name in OPAQUE


OPAQUE = {"net_loop", "net_server", "net_socket", "net_timer", "net_lookup", "net_block_list", "net_bound_socket"}


class Cpp:
    """What nodenet.hpp and its folder declare, by class."""

    def __init__(self, include: Path) -> None:
        # Class -> what its body says; free functions are under the namespace ("" or "co").
        self.bodies: dict[str, str] = {}
        self.bases: dict[str, list[str]] = {}
        for file in sorted(include.rglob("*.hpp")):
            self.read(without_comments(file.read_text()))
        if len(self.bodies) < 20:
            sys.exit("nodenet.hpp was not understood")

    def read(self, text: str) -> None:
        free = text
        begins = r"\b(?:class|struct)(?: \[\[\w+\]\])? (\w+)(?: final)?(?: : ([^{;]*))?\s*\{"
        for match in re.finditer(begins, text):
            end = closing(text, match.end() - 1)
            name = self.place(text, match.start()) + match.group(1)
            self.bodies[name] = self.bodies.get(name, "") + text[match.end() : end]
            self.bases.setdefault(name, []).extend(re.findall(r"\w+Base\b", match.group(2) or ""))
            free = free.replace(text[match.end() : end], " ")
        space = "co::" if re.search(r"namespace co\b", text) else ""
        self.bodies[space] = self.bodies.get(space, "") + free

    def place(self, text: str, at: int) -> str:
        return "co::" if re.search(r"namespace co\b", text[:at]) else ""

    def has(self, code: str) -> bool:
        name = re.sub(r"\(.*", "", code)
        if name in self.bodies:
            return True
        space, _, member = name.rpartition("::")
        if space in ("", "co"):
            body = self.bodies.get(f"{space}::" if space else "", "")
            return re.search(rf"\b{member}\(", body) is not None
        return any(re.search(rf"\b{member}\b", self.bodies.get(of, "")) for of in [space, *self.bases.get(space, [])])


def closing(text: str, opening: int) -> int:
    depth = 0
    for at in range(opening, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return at
    return len(text)


def missing_names(row: Row, header: Header, cpp: Cpp) -> list[str]:
    faults = [f"nodenet.h has no {code}" for code in codes(row.c) if not header.has(code)]
    faults += [f"nodenet.hpp has no {code}" for code in codes(row.cpp) if not cpp.has(code)]
    remark = re.findall(r"`((?:net|NET)_\w+)`", row.remark)
    faults += [f"nodenet.h has no {code}" for code in remark if not header.has(code)]
    cells = [row.c, row.cpp, row.python]
    if any(cell == NONE for cell in cells) and not row.remark:
        faults.append("left out without a reason")
    if any(cell != NONE and not codes(cell) for cell in cells):
        faults.append(f"a cell has names in backticks, or {NONE}")
    return faults


def main() -> None:
    root = Path(sys.argv[1])
    header, cpp = Header(root / "include"), Cpp(root / "include")
    items, beyond = rows(root / "docs" / "node-compat.md")
    if len(items) < 200 or len(beyond) < 10:
        sys.exit("docs/node-compat.md was not understood")
    faults = []
    for row in items + beyond:
        faults += [f"line {row.line}: {fault}" for fault in missing_names(row, header, cpp)]
        if row in items and not row.items():
            faults.append(f"line {row.line}: nothing of Node's in backticks, or in words that are not found")

    have = {item for row in items for item in row.items()}
    here = Path(__file__).resolve().parent
    for file in ("walked.txt", "documented.txt"):
        wanted = [line for line in (here / file).read_text().splitlines() if line and not line.startswith("#")]
        faults += [f"no row for `{name}` of {file}" for name in wanted if name not in have]

    named = {re.sub(r"\(.*", "", code) for row in items + beyond for code in codes(row.c)}
    # Of an event the document names the function that adds a listener, and speaks of the other two once.
    named |= {name.replace("_on_", kind) for name in named if "_on_" in name for kind in ("_once_", "_off_")}
    faults += [f"no row names {name}" for name in sorted(header.functions - named)]
    for fault in faults:
        print(f"docs/node-compat.md: {fault}", file=sys.stderr)
    sys.exit(1 if faults else 0)


main()
