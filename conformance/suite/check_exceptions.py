"""What listeners throw: a module that swallows it turns failing assertions into passes."""

from __future__ import annotations

import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from process import Subject, run_test
from table import HERE, Setting

from bench import Bench, Findings

THROWS = HERE / "probes" / "throws.js"


def places(bench: Bench) -> list[str]:
    """Where the probe can be made to throw."""
    return subprocess.run(
        [str(bench.node), str(THROWS)], capture_output=True, text=True, check=True
    ).stdout.splitlines()


def survived(bench: Bench, subject: Subject) -> list[str]:
    """The places in which something was thrown, or should have been, and the process did not die of it."""

    def throw(place: str) -> bool:
        # It goes the way of a test, so that the module under test is what it gets.
        with tempfile.TemporaryDirectory() as folder:
            tree = Path(folder) / "test"
            (tree / "parallel").mkdir(parents=True)
            source = f"process.argv[2] = {place!r};\n" + THROWS.read_text(encoding="utf8")
            (tree / "parallel" / "throws.js").write_text(source, encoding="utf8")
            result = run_test(subject, tree, "parallel/throws.js", Setting(), 10)
        return result.outcome == "fail" and f"Error: thrown in {place}\n" in result.output

    every = places(bench)
    with ThreadPoolExecutor(bench.jobs) as pool:
        return [place for place, died in zip(every, pool.map(throw, every)) if not died]


def swallowing(bench: Bench) -> Findings:
    """a net that swallows what listeners throw is noticed, and Node's own does not"""
    for place in survived(bench, Subject(bench.node, None)):
        yield f"Node's own net: thrown in {place}, and nothing happened"
    swallowed = survived(bench, bench.faulty("swallow"))
    for place in places(bench):
        if place not in swallowed:
            yield f"swallowed in {place}, and not noticed"


def exceptions(bench: Bench) -> Findings:
    """what a listener of the module under test throws reaches the process, whatever the event"""
    if bench.module:
        for place in survived(bench, Subject(bench.node, bench.module)):
            yield f"thrown in {place}: the process did not die of it"
