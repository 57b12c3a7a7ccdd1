"""Counts of this library that are the same in every run, each with its ceiling."""

import json
from collections.abc import Iterator

import counts
import document
import memory
from places import DOCUMENT, HERE
from servers import nodenet, visitors

CEILINGS = HERE / "ceilings.json"


def columns(quick: bool) -> Iterator[tuple[str, float]]:
    connections = 4_000 if quick else 9_000
    for one in counts.all_counts(quick):
        yield one.title, counts.count(one, nodenet())
    found = memory.memory(nodenet(), connections)
    yield "resident bytes per idle connection", found[memory.IDLE]
    yield "resident bytes per idle connection that has echoed", found[memory.ECHOED]
    found = memory.memory(visitors(), connections)
    yield "resident bytes per idle connection with a user pointer", found[memory.IDLE]
    yield "resident bytes per connection with a user pointer that has echoed", found[memory.ECHOED]
    yield "bytes per stripped shared library", counts.stripped()


def check(*, quick: bool) -> int:
    """1 if a count is above its ceiling, or has none."""
    ceilings: dict[str, float] = json.loads(CEILINGS.read_text())
    above = 0
    print(f"{'what':66} {'count':>12} {'ceiling':>10}")
    for name, counted in columns(quick):
        ceiling = ceilings.get(name, -1)
        high = counted > ceiling
        above += high
        print(f"{name:66} {counted:12,.2f} {ceiling:10,g}{'  too high' if high else ''}", flush=True)
    if not document.is_as_measured():
        above += 1
        print(f"{DOCUMENT} does not say what the runs in bench/results found: bench/run.py --write-docs")
    print(f"{len(ceilings) + 1 - above} passed, {above} failed")
    return 1 if above else 0
