"""Reads the tables of docs/node-compat.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

COLUMNS = ["Node", "C", "C++", "Python", "remark"]
BEYOND = ["C", "C++", "Python", "what"]
NONE = "-"


@dataclass(frozen=True)
class Row:
    """A line of a table; the cells of a table beyond Node have an empty `node`."""

    line: int
    node: str
    c: str
    cpp: str
    python: str
    remark: str

    def items(self) -> set[str]:
        """What of Node the row is about: `server.listen`, `server event close`, `listen option port`."""
        named = re.findall(r"`(\w+)` (event|option) `([\w.]+)`", self.node)
        if named:
            return {" ".join(words) for words in named}
        return {re.sub(r"\(.*", "", code) for code in re.findall(r"`([^`]+)`", self.node)}


def codes(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def cells_of(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def rows(document: Path) -> tuple[list[Row], list[Row]]:
    """Those of Node's items, and those beyond Node."""
    items: list[Row] = []
    beyond: list[Row] = []
    columns: list[str] = []
    for number, line in enumerate(document.read_text().splitlines(), 1):
        if not line.startswith("|"):
            columns = []
        elif not columns:
            columns = cells_of(line)
            if columns not in (COLUMNS, BEYOND) and "C" in columns:
                raise ValueError(f"{document.name}:{number}: a table of names has the columns {COLUMNS}, or {BEYOND}")
        elif not re.fullmatch(r"[\s|:-]+", line):
            cells = cells_of(line)
            if columns in (COLUMNS, BEYOND) and len(cells) != len(columns):
                raise ValueError(f"{document.name}:{number}: {len(cells)} cells instead of {len(columns)}")
            if columns == COLUMNS:
                items.append(Row(number, *cells))
            elif columns == BEYOND:
                beyond.append(Row(number, "", *cells))
    return items, beyond
