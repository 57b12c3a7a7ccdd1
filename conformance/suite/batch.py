"""Many tests, side by side where Node runs them so."""

from __future__ import annotations

import queue
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from process import SIDE_BY_SIDE, Result, Subject, folder_of, run_test
from table import Setting, read_settings


def run_batch(subject: Subject, tree: Path, tests: Sequence[str], jobs: int, limit: float) -> Iterator[Result]:
    settings = read_settings()
    slots: queue.SimpleQueue[int] = queue.SimpleQueue()
    for slot in range(jobs):
        slots.put(slot)

    def run(test: str) -> Result:
        slot = slots.get()
        try:
            return run_test(subject, tree, test, settings.get(test, Setting()), limit, slot)
        finally:
            slots.put(slot)

    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(run, [test for test in tests if folder_of(test) in SIDE_BY_SIDE])
    yield from map(run, [test for test in tests if folder_of(test) not in SIDE_BY_SIDE])
