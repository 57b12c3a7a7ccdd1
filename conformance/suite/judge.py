#!/usr/bin/env python3
"""Judges the judge: shows that these tools notice what they are there to notice; to be run inside sandbox.sh."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from check_exceptions import exceptions, swallowing
from check_processes import network, processes
from check_rules import nonsense, table, verdict
from check_substitution import faults, inert, refusal

from bench import Bench

CHECKS = (network, processes, table, nonsense, verdict, faults, refusal, inert, swallowing, exceptions)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", type=Path, required=True, help="the folder test of Node's sources")
    parser.add_argument("--node", type=Path, required=True, help="the Node that hosts the tests")
    parser.add_argument("--net", default="own", metavar="FILE", help="the module under test; 'own' for Node's")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    module = None if options.net == "own" else Path(options.net).resolve()
    bench = Bench(options.node.resolve(), options.tree.resolve(), module, options.jobs)
    failed = 0
    for check in CHECKS:
        found = list(check(bench))
        failed += bool(found)
        print(f"{'FAULT' if found else 'ok':6}{check.__name__}: {check.__doc__}", flush=True)
        for line in found:
            print(f"      {line}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
