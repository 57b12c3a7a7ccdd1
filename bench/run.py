#!/usr/bin/env python3
"""Measures what the library costs, beside other libraries. Builds all that it needs, and installs what is missing.

run.py                  everything once: tables here, JSON and plots in build/bench
run.py --quick          the same in less than five minutes, for a look
run.py --check          only counts of this library that are free of noise; fails above a ceiling of ceilings.json
run.py --publish 3      three whole runs, kept in bench/results, then as --write-docs
run.py --write-docs     writes the tables and plots of docs/performance.md from bench/results
"""

import argparse
import resource
import sys
from pathlib import Path

import document
import gate
import results
import servers
from sections import SECTIONS
from settings import Settings

import build


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = options.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="fail above a ceiling")
    what.add_argument("--publish", type=int, metavar="RUNS", help="keep so many runs and write the document")
    what.add_argument("--write-docs", action="store_true", help="write the document from the runs that are kept")
    options.add_argument("--quick", action="store_true", help="shorter and fewer runs")
    options.add_argument("--only", metavar="NAME,...", help=f"some of {', '.join(SECTIONS)}")
    options.add_argument("--usockets", type=Path, metavar="DIR", help="sources of uSockets, to compare with it")
    given = options.parse_args()
    if given.publish is not None and (given.publish < 1 or given.quick or given.only):
        options.error("--publish takes at least one run, and only whole ones")
    chosen = given.only.split(",") if given.only else list(SECTIONS)
    if unknown := [name for name in chosen if name not in SECTIONS]:
        options.error(f"no section {', '.join(unknown)}")

    # A connection is a descriptor, here and in every program that this one starts.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    if given.write_docs:
        document.write()
        return 0
    if given.check:
        build.library()
        return gate.check(quick=given.quick)
    build.library(peers=True, usockets=given.usockets)
    build.tokio()
    settings = Settings(given.quick, [*servers.peers(build.node()), servers.nodenet()], build.python())
    if given.publish is None:
        results.one(settings, chosen)
        return 0
    results.publish(settings, given.publish)
    document.write()
    return 0


if __name__ == "__main__":
    sys.exit(main())
