#!/usr/bin/env python3
"""Judges the judge: shows that these tools would notice what they are there to notice. Run inside sandbox.sh."""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from batch import run_batch
from process import Subject, run_test
from table import HERE, Row, Setting, TableError, check, read_table
from verdict import fault

FAULTY = HERE / "standins" / "faulty.js"
INERT = HERE / "standins" / "inert.js"
THROWS = HERE / "probes" / "throws.js"

ECHO = "parallel/test-net-connect-buffer.js"
# Each fault of the stand-in, and those of the tests below that it has to fail.
IS_IP, IS_IPV4 = "parallel/test-net-isip.js", "parallel/test-net-isipv4.js"
UNREF, UNREF_IN_CHILD = "parallel/test-net-server-unref.js", "parallel/test-pipe-unref.js"
CLOSE, CLOSE_IN_ES_MODULE = "parallel/test-net-server-close.js", "parallel/test-net-server-async-dispose.mjs"
WITNESSES = [IS_IP, IS_IPV4, UNREF, UNREF_IN_CHILD, CLOSE, CLOSE_IN_ES_MODULE, ECHO]
FAULTS = {
    "none": [],
    "isIPv4": [IS_IP, IS_IPV4],
    "unref": [UNREF, UNREF_IN_CHILD],
    "close": [CLOSE, CLOSE_IN_ES_MODULE],
}
# What starts a child that would live for long.
NAP = "require('child_process').spawn('sleep', [process.env.NAP], { stdio: 'ignore' })"


class Judge:
    def __init__(self, node: Path, tree: Path, module: Path | None, jobs: int) -> None:
        self.node = node
        self.tree = tree
        self.module = module
        self.jobs = jobs

    def outcomes(self, subject: Subject, tests: list[str], limit: float) -> dict[str, str]:
        return {result.test: result.outcome for result in run_batch(subject, self.tree, tests, self.jobs, limit)}

    def faulty(self, name: str) -> Subject:
        return Subject(self.node, FAULTY, may_use_net=True, environment={"STANDIN_FAULT": name})

    def network(self) -> Iterator[str]:
        """Nothing but loopback can be reached, and localhost has both addresses."""
        with socket.socket() as outside:
            code = outside.connect_ex(("192.0.2.1", 80))
            if code != errno.ENETUNREACH:
                yield f"a public address gives {os.strerror(code)}"
        found = {str(entry[4][0]) for entry in socket.getaddrinfo("localhost", 80)}
        if found != {"127.0.0.1", "::1"}:
            yield f"localhost is {found}"

    def table(self) -> Iterator[str]:
        """It names every test of net that there is, has no nonsense, and README.md explains all that differs."""
        rows = read_table()
        for test in rows:
            if not (self.tree / test).is_file():
                yield f"{test} is in the table and not in the tree"
        for folder in ("parallel", "sequential", "pummel"):
            for path in (self.tree / folder).glob("test-net-*.*js"):
                if f"{folder}/{path.name}" not in rows:
                    yield f"{folder}/{path.name} is not in the table"
        explained = (HERE.parent / "README.md").read_text(encoding="utf8")
        for row in rows.values():
            if row.expect in ("differs", "node") and f"| {Path(row.test).stem} |" not in explained:
                yield f"{row.test}: README.md does not say why it is expected to fail"
        for row in (
            Row("x", "A", "differs", False, ""),
            Row("x", "A", "wait", False, "more time"),
            Row("x", "A", "-", False, ""),
            Row("x", "D", "pass", False, ""),
        ):
            with contextlib.suppress(TableError):
                check(row)
                yield f"{row} is taken"

    def verdict(self) -> Iterator[str]:
        """What must pass has to, and what is expected not to pass may not."""
        for expect, outcome, own, wrong in (
            ("pass", "pass", False, False),
            ("pass", "fail", False, True),
            ("pass", "timeout", False, True),
            ("pass", "vacuous", False, True),
            ("pass", "skip", False, True),
            ("wait", "fail", False, False),
            ("wait", "pass", False, True),
            ("differs", "pass", False, True),
            ("node", "pass", False, True),
            ("pass", "fail", True, True),
            ("wait", "fail", True, True),
            ("wait", "pass", True, False),
            ("node", "pass", True, True),
        ):
            row = Row("x", "B", expect, False, "onread")
            if (fault(row, outcome, own) is not None) != wrong:
                yield f"expected {expect}, {outcome}: {fault(row, outcome, own)}"

    def substitution(self) -> Iterator[str]:
        """A faulty net fails the tests of what is faulty in it: in scripts, ES modules and child processes."""
        for name, failing in FAULTS.items():
            outcomes = self.outcomes(self.faulty(name), WITNESSES, 4)
            for test, outcome in outcomes.items():
                if (outcome in ("fail", "timeout")) != (test in failing):
                    yield f"fault {name}: {test} gives {outcome}"

    def refusal(self) -> Iterator[str]:
        """A module under test that leans on Node's own net is refused."""
        result = run_test(Subject(self.node, FAULTY), self.tree, ECHO, Setting(), 10)
        if result.outcome != "fail" or "asked for Node's own net" not in result.output:
            yield f"{result.outcome}: {result.output}"

    def inert(self) -> Iterator[str]:
        """A net that does nothing passes what is marked so in the table, and no more."""
        rows = {row.test: row for row in read_table().values() if row.klass != "C"}
        for test, outcome in self.outcomes(Subject(self.node, INERT), list(rows), 3).items():
            if (outcome == "pass") != rows[test].inert:
                yield f"{test} gives {outcome}"

    def processes(self) -> Iterator[str]:
        """Hanging tests are ended with their children; what never asks for net, fails or skips is told apart."""
        sources = {
            "hangs": f"{NAP}; setInterval(() => {{}}, 1000);",
            "leaves": f"require('net'); {NAP}.unref();",
            "idle": "",
            "skips": "require('net'); console.log('1..0 # Skipped: no reason');",
            "fails": "require('net'); process.exitCode = 3;",
            "killed": "require('net'); process.kill(process.pid, 'SIGSEGV');",
        }
        expected = {
            "hangs": "timeout",
            "leaves": "pass",
            "idle": "vacuous",
            "skips": "skip",
            "fails": "fail",
            "killed": "fail",
        }
        # A duration that nobody else sleeps, to know the children by.
        nap = f"{1000 + time.time() % 1:.9f}"
        subject = Subject(self.node, None, environment={"NAP": nap})
        with tempfile.TemporaryDirectory() as folder:
            tree = Path(folder) / "test"
            (tree / "parallel").mkdir(parents=True)
            for name, source in sources.items():
                (tree / "parallel" / name).write_text(source, encoding="utf8")
                result = run_test(subject, tree, f"parallel/{name}", Setting(), 2)
                if result.outcome != expected[name]:
                    yield f"{name}: {result.outcome} {result.output}"
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                if path.read_bytes().split(b"\0")[1:2] == [nap.encode()]:
                    yield f"a child survived: {path}"

    def thrown(self, subject: Subject) -> dict[str, bool]:
        """For each place: whether the process died of what was thrown there."""
        places = subprocess.run([str(self.node), str(THROWS)], capture_output=True, text=True, check=True)

        def throw(place: str) -> bool:
            # The same road as a test's, so that it is the module under test that is asked.
            with tempfile.TemporaryDirectory() as folder:
                tree = Path(folder) / "test"
                (tree / "parallel").mkdir(parents=True)
                source = f"process.argv[2] = {place!r};\n" + THROWS.read_text(encoding="utf8")
                (tree / "parallel" / "throws.js").write_text(source, encoding="utf8")
                result = run_test(subject, tree, "parallel/throws.js", Setting(), 10)
            return result.outcome == "fail" and f"Error: thrown in {place}\n" in result.output

        names = places.stdout.splitlines()
        with ThreadPoolExecutor(self.jobs) as pool:
            return dict(zip(names, pool.map(throw, names), strict=True))

    def swallowing(self) -> Iterator[str]:
        """A process dies of what a listener throws, and a net that swallows it is noticed."""
        for place, died in self.thrown(Subject(self.node, None)).items():
            if not died:
                yield f"Node's own net: nothing thrown in {place}"
        if all(self.thrown(self.faulty("swallow")).values()):
            yield "a net that swallows exceptions is not noticed"

    def exceptions(self) -> Iterator[str]:
        """What a listener of the module under test throws reaches the process, whatever the event."""
        if self.module:
            for place, died in self.thrown(Subject(self.node, self.module)).items():
                if not died:
                    yield f"thrown in {place}: the process did not die of it"

    def checks(self) -> list[Callable[[], Iterator[str]]]:
        return [
            self.network,
            self.table,
            self.verdict,
            self.substitution,
            self.refusal,
            self.inert,
            self.processes,
            self.swallowing,
            self.exceptions,
        ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", type=Path, required=True, help="the folder test of Node's sources")
    parser.add_argument("--node", type=Path, required=True, help="the Node that hosts the tests")
    parser.add_argument("--net", metavar="FILE", help="the module under test, or 'own'")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    module = None if options.net in (None, "own") else Path(options.net).resolve()
    judge = Judge(options.node.resolve(), options.tree.resolve(), module, options.jobs)
    faults = 0
    for judged in judge.checks():
        found = list(judged())
        faults += len(found)
        print(f"{'FAULT' if found else 'ok':6}{judged.__name__}: {judged.__doc__}", flush=True)
        for line in found:
            print(f"      {line}", flush=True)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
