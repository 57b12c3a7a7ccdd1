#!/usr/bin/env python3
"""Runs Node's tests of net against a module and compares the outcome with tests.tsv; to be run inside sandbox.sh."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from batch import run_batch
from process import Result, Subject
from table import Row, read_table
from verdict import fault

MARKS = {"pass": "ok", "vacuous": "vacuous", "skip": "skip", "fail": "FAIL", "timeout": "TIMEOUT"}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tests", nargs="*", metavar="TEST", help="folder/name.js, or a part of it; default: by class")
    parser.add_argument("--tree", type=Path, required=True, help="the folder test of Node's sources")
    parser.add_argument("--node", type=Path, required=True, help="the Node that hosts the tests")
    parser.add_argument("--net", default="own", metavar="FILE", help="the module under test; 'own' for Node's")
    parser.add_argument("--classes", default="AB", help="which classes of tests (default: AB)")
    parser.add_argument("--jobs", type=int, default=2, help="tests side by side (default: 2)")
    parser.add_argument("--limit", type=float, default=60, help="seconds for one test (default: 60)")
    parser.add_argument("--repeat", type=int, default=1, help="how often to run each (default: once)")
    parser.add_argument("--verbose", action="store_true", help="tell every test, and the output of all that fail")
    return parser.parse_args()


def chosen(table: dict[str, Row], wanted: list[str], classes: str) -> list[str]:
    if not wanted:
        return [test for test, row in table.items() if row.klass in classes]
    tests = [test for test in table if any(part in test for part in wanted)]
    if not tests:
        sys.exit(f"error: no test of the table has {' or '.join(wanted)} in its name")
    return tests


def tell(result: Result, wrong: str | None, verbose: bool) -> None:
    if verbose or wrong:
        print(f"{MARKS[result.outcome]:8}{result.test} ({result.seconds:.1f} s)", flush=True)
    if wrong:
        print(f"  FAULT: {wrong}")
    if wrong or (verbose and result.outcome != "pass"):
        print("\n".join(f"    | {line}" for line in result.output.splitlines()[-60:]), flush=True)


def main() -> int:
    options = arguments()
    table = read_table()
    own = options.net == "own"
    subject = Subject(options.node.resolve(), None if own else Path(options.net).resolve())
    tests = chosen(table, options.tests, options.classes)
    outcomes: dict[str, list[str]] = {test: [] for test in tests}
    faults: set[str] = set()
    for _ in range(options.repeat):
        for result in run_batch(subject, options.tree.resolve(), tests, options.jobs, options.limit):
            row = table[result.test]
            wrong = None if row.klass == "C" else fault(row, result.outcome, own)
            outcomes[result.test].append(result.outcome)
            if wrong:
                faults.add(result.test)
            tell(result, wrong, options.verbose)

    for klass in sorted({table[test].klass for test in tests}):
        rows = [table[test] for test in tests if table[test].klass == klass]
        passed = [row for row in rows if set(outcomes[row.test]) == {"pass"}]
        others = Counter(row.expect for row in rows if row not in passed)
        rest = ", ".join(f"{count} {expect}" for expect, count in sorted(others.items()))
        empty = sum(row.inert for row in passed)
        print(
            f"class {klass}: {len(passed)} of {len(rows)} pass ({empty} of them prove nothing); others: {rest or '-'}"
        )
    if options.repeat > 1:
        for test in sorted(faults):
            print(f"{test}: {' '.join(outcomes[test])}")
    passes = sum(set(seen) == {"pass"} for seen in outcomes.values())
    print(f"{passes} passed, {len(faults)} failed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
