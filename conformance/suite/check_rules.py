"""The table and the verdict: what must pass has to, and what is expected not to pass may not."""

from __future__ import annotations

import contextlib
from pathlib import Path

from table import HERE, Row, TableError, check, read_table
from verdict import fault

from bench import Bench, Findings


def table(bench: Bench) -> Findings:
    """the table names every test of net that there is, and README.md explains all that may fail"""
    rows = read_table()
    for test in rows:
        if not (bench.tree / test).is_file():
            yield f"{test} is in the table and not in the tree"
    for folder in ("parallel", "sequential", "pummel"):
        for path in (bench.tree / folder).glob("test-net-*.*js"):
            if f"{folder}/{path.name}" not in rows:
                yield f"{folder}/{path.name} is not in the table"
    explained = (HERE.parent / "README.md").read_text(encoding="utf8")
    for row in rows.values():
        if row.expect in ("differs", "node") and f"| {Path(row.test).stem} |" not in explained:
            yield f"{row.test}: README.md does not say why it is expected to fail"


def nonsense(bench: Bench) -> Findings:
    """a table that excuses more than it may is refused"""
    for row in (
        Row("x", "A", "differs", False, ""),
        Row("x", "A", "wait", False, ""),
        Row("x", "A", "-", False, ""),
        Row("x", "C", "pass", False, ""),
        Row("x", "D", "pass", False, ""),
    ):
        with contextlib.suppress(TableError):
            check(row)
            yield f"{row} is taken"


def verdict(bench: Bench) -> Findings:
    """what must pass has to, and what is expected to fail may not pass"""
    for expect, outcome, own, wrong in (
        ("pass", "pass", False, False),
        ("pass", "fail", False, True),
        ("pass", "timeout", False, True),
        ("pass", "vacuous", False, True),
        ("pass", "skip", False, True),
        ("differs", "fail", False, False),
        ("differs", "pass", False, True),
        ("node", "pass", False, True),
        ("pass", "fail", True, True),
        ("differs", "fail", True, True),
        ("differs", "pass", True, False),
        ("node", "pass", True, True),
    ):
        found = fault(Row("x", "B", expect, False, ""), outcome, own)
        if (found is not None) != wrong:
            yield f"expected {expect}, {outcome}: {found}"
