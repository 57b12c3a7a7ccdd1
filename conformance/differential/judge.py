"""Judges the comparison itself: each fault that src/core/mutation.rs knows has to be found within the fixed seeds.

Run it by conformance/judge.sh. Node plays the seeds once; then nodenet, built with the faults, plays them with one fault
after the other, until a scenario differs that does not differ without the fault.
"""

import argparse
import os
import re
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from compare import DIFFERENT, Verdict, compare
from differential import BATCH, FIXED
from generate import generate
from known import explain
from normalise import normalise
from players import Player
from recorded import Memory, recorded
from scenario import Scenario
from traces import expand

HERE = Path(__file__).parent
# The first portion of the seeds that a fault is looked for in; each further one is twice as large.
FIRST_SLICE = 16


@dataclass
class Found:
    """Where a fault shows first."""

    name: str
    seed: int | None = None
    what: str = ""


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="conformance/judge.sh", description=__doc__)
    parser.add_argument("--node", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--runner", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--mutations", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--memory", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--seeds", type=int, default=len(FIXED), help="as many of the fixed seeds")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="as many at a time")
    parser.add_argument("names", nargs="*", help="only these faults")
    return parser.parse_args()


def faults(source: Path) -> list[str]:
    """The names in the list of faults."""
    return re.findall(r'^ +[A-Z]\w+ = "([a-z-]+)",$', source.read_text(), re.MULTILINE)


def slices(scenarios: list[Scenario]) -> Iterator[list[Scenario]]:
    """Portions that grow."""
    start, size = 0, FIRST_SLICE
    while start < len(scenarios):
        yield scenarios[start : start + size]
        start, size = start + size, size * 2


def describe(verdict: Verdict) -> str:
    """The kind of the first difference, in a few words."""
    for one, other in zip_longest(expand(verdict.node), expand(verdict.ours)):
        if one == other:
            continue
        if one is None or other is None or one.head != other.head:
            heads = ["nothing" if entry is None else entry.head for entry in (one, other)]
            return " / ".join(head if len(head) <= 44 else f"{head[:43]}…" for head in heads)
        for name, properties in one.told.items():
            for key, value in properties.items():
                mine = other.told.get(name, {}).get(key, "-")
                if mine != value:
                    return f"{one.head}: {name} {key} {value} / {mine}"
    return "another"


class Judge:
    """Knows what Node does, and how to ask nodenet."""

    def __init__(self, memory: Memory, runner: str) -> None:
        self.memory = memory
        self.runner = runner
        self.sound = Player("nodenet", (runner,))

    def _suspect(self, scenario: Scenario, trace: list[str]) -> bool:
        """Nothing that Node did so far is this."""
        return all(one != trace and explain(one, trace) is None for one in self.memory.seen(scenario))

    def find(self, name: str, scenarios: list[Scenario]) -> Found:
        """The first seed at which this fault shows."""
        faulty = Player("nodenet", ("env", f"NODENET_MUTATION={name}", self.runner))
        for portion in slices(scenarios):
            for scenario, trace in zip(portion, faulty.play(portion)):
                if not self._suspect(scenario, normalise(trace)):
                    continue
                verdict = compare(recorded(self.memory), faulty, [scenario])[0]
                if verdict.kind == DIFFERENT and self.is_sound(scenario):
                    return Found(name, scenario.seed, describe(verdict))
        return Found(name)

    def is_sound(self, scenario: Scenario) -> bool:
        """Without a fault there is no difference here."""
        return compare(recorded(self.memory), self.sound, [scenario])[0].kind != DIFFERENT


def main() -> int:
    """Prints the table, and gives the exit status."""
    arguments = parse_arguments()
    names = faults(arguments.mutations)
    unknown = set(arguments.names) - set(names)
    if unknown or not names:
        print(f"no fault {', '.join(sorted(unknown))}; there are: {' '.join(names)}", file=sys.stderr)
        return 2
    names = arguments.names or names
    scenarios = [generate(seed) for seed in FIXED[: arguments.seeds]]
    node = Player("Node", (arguments.node, str(HERE / "runner.js")))
    memory = Memory(node, arguments.memory, [HERE / "runner.js"])
    began = time.monotonic()
    lost = 0
    with ThreadPoolExecutor(arguments.jobs) as pool:
        batches = [scenarios[start : start + BATCH] for start in range(0, len(scenarios), BATCH)]
        list(pool.map(lambda batch: memory.play(batch, 2), batches))
        memory.save()
        print(f"Node has played {len(scenarios)} seeds ({time.monotonic() - began:.0f} s)\n", flush=True)
        print(f"{'fault':<22} {'seed':>5}  the first difference, Node / nodenet")
        judge = Judge(memory, arguments.runner)
        for found in pool.map(lambda name: judge.find(name, scenarios), names):
            lost += found.seed is None
            print(f"{found.name:<22} {found.seed or '-':>5}  {found.what or 'NOT FOUND'}", flush=True)
    memory.save()
    print(f"\n{len(names)} faults in {time.monotonic() - began:.0f} s")
    print(f"{len(names) - lost} passed, {lost} failed")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
