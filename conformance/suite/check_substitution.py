"""The substitution: the module under test is what the tests get, and it stands on its own feet."""

from __future__ import annotations

from process import Subject, run_test
from table import Setting, read_table

from bench import FAULTY, INERT, Bench, Findings

ECHO = "parallel/test-net-connect-buffer.js"
IS_IP, IS_IPV4 = "parallel/test-net-isip.js", "parallel/test-net-isipv4.js"
UNREF, UNREF_IN_CHILD = "parallel/test-net-server-unref.js", "parallel/test-pipe-unref.js"
CLOSE, CLOSE_IN_ES_MODULE = "parallel/test-net-server-close.js", "parallel/test-net-server-async-dispose.mjs"
WITNESSES = [IS_IP, IS_IPV4, UNREF, UNREF_IN_CHILD, CLOSE, CLOSE_IN_ES_MODULE, ECHO]
# Each fault of the stand-in, and those of the witnesses that it has to fail.
FAULTS = {
    "none": [],
    "isIPv4": [IS_IP, IS_IPV4],
    "unref": [UNREF, UNREF_IN_CHILD],
    "close": [CLOSE, CLOSE_IN_ES_MODULE],
}


def faults(bench: Bench) -> Findings:
    """a net with a fault fails the tests of just that: in scripts, ES modules and child processes"""
    for name, failing in FAULTS.items():
        for test, outcome in bench.outcomes(bench.faulty(name), WITNESSES, 4).items():
            if (outcome in ("fail", "timeout")) != (test in failing):
                yield f"fault {name}: {test} gives {outcome}"


def refusal(bench: Bench) -> Findings:
    """a net that leans on Node's own is refused"""
    result = run_test(Subject(bench.node, FAULTY), bench.tree, ECHO, Setting(), 10)
    if result.outcome != "fail" or "asked for Node's own net" not in result.output:
        yield f"{result.outcome}: {result.output}"


def inert(bench: Bench) -> Findings:
    """a net that does nothing passes the tests that are marked so, and no other"""
    rows = {row.test: row for row in read_table().values() if row.klass != "C"}
    for test, outcome in bench.outcomes(Subject(bench.node, INERT), list(rows), 3).items():
        if (outcome == "pass") != rows[test].inert:
            yield f"{test} gives {outcome}"
