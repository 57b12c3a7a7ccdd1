"""Judges the comparison itself: each fault that src/core/mutation.rs knows has to be found within the fixed seeds.

Run it by conformance/judge.sh. Node plays the seeds once; then nodenet, built with the faults, plays them with one
fault after the other, until a scenario differs that does not differ without the fault.
"""

import argparse
import os
import re
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from itertools import takewhile, zip_longest
from pathlib import Path
from textwrap import shorten

from compare import DIFFERENT, Verdict, compare
from differential import BATCH
from generate import fixed_seeds, generate, kind_of
from known import KNOWN, explain
from memory import Memory, remembered
from normalise import normalise
from players import Player
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
    parser.add_argument("--seeds", type=int, help="as many of the fixed seeds")
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
    """The kind of the first difference, in a few words; known differences are no kind."""
    plain = (expand(verdict.node), expand(verdict.ours))
    ways = [plain, *(rule.without(*deepcopy(plain)) for rule in KNOWN)]
    node, ours = max(ways, key=lambda way: sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*way))))
    for one, other in zip_longest(node, ours):
        if one == other:
            continue
        if one is None or other is None or one.head != other.head:
            return " / ".join("nothing" if entry is None else shorten(entry.head, 60) for entry in (one, other))
        for name, properties in one.told.items():
            for key, value in properties.items():
                mine = other.told.get(name, {}).get(key, "-")
                if mine != value:
                    return f"{one.head}: {name} {key} {value} / {mine}"
    return "another"


class Judge:
    """Knows what Node does, and what nodenet does without a fault."""

    def __init__(self, node: Memory, runner: str) -> None:
        self.node = node
        self.runner = runner
        self.sound = Memory(Player("nodenet", (runner,)))
        self.unsound: set[int] = set()

    def prepare(self, scenarios: list[Scenario]) -> None:
        """What is needed of each scenario, so that most of them have to be played only once for a fault."""
        self.node.play(scenarios, 2)
        self.sound.play(scenarios, 2)
        self.sound.play(scenarios, 2, 1)

    def _usual(self, scenario: Scenario, trace: list[str]) -> bool:
        """Node does this, or nodenet does it without a fault."""
        if trace in self.sound.seen(scenario):
            return True
        return any(one == trace or explain(one, trace) is not None for one in self.node.seen(scenario))

    def _difference(self, faulty: Player, scenario: Scenario) -> Verdict | None:
        """A difference that the comparison finds, if the fault is the reason."""
        again = faulty.play([scenario], 8)[0]
        if scenario.seed in self.unsound or self._usual(scenario, normalise(again)):
            return None
        verdict = compare(remembered(self.node), faulty, [scenario])[0]
        if verdict.kind != DIFFERENT:
            return None
        if compare(remembered(self.node), self.sound.player, [scenario])[0].kind == DIFFERENT:
            self.unsound.add(scenario.seed)
            return None
        return verdict

    def find(self, name: str, scenarios: list[Scenario]) -> Found:
        """The first seed at which this fault shows."""
        faulty = Player("nodenet", ("env", f"NODENET_MUTATION={name}", self.runner))
        for portion in slices(scenarios):
            for scenario, trace in zip(portion, faulty.play(portion)):
                if self._usual(scenario, normalise(trace)):
                    continue
                verdict = self._difference(faulty, scenario)
                if verdict:
                    return Found(name, scenario.seed, describe(verdict))
        return Found(name)


def main() -> int:
    """Prints the table, and gives the exit status."""
    arguments = parse_arguments()
    names = faults(arguments.mutations)
    unknown = set(arguments.names) - set(names)
    if unknown or not names:
        print(f"no fault {', '.join(sorted(unknown))}; there are: {' '.join(names)}", file=sys.stderr)
        return 2
    names = arguments.names or names
    seeds = sorted(fixed_seeds(), key=lambda seed: (seed - kind_of(seed).base, seed))
    scenarios = [generate(seed) for seed in seeds[: arguments.seeds]]
    node = Player("Node", (arguments.node, str(HERE / "runner.js")))
    memory = Memory(node, arguments.memory, (HERE / "runner.js", *sorted((HERE / "node_runner").glob("*.js"))))
    judge = Judge(memory, arguments.runner)
    began = time.monotonic()
    lost = 0
    with ThreadPoolExecutor(arguments.jobs) as pool:
        batches = [scenarios[start : start + BATCH] for start in range(0, len(scenarios), BATCH)]
        list(pool.map(judge.prepare, batches))
        memory.save()
        print(
            f"{len(scenarios)} seeds, played by Node and without a fault ({time.monotonic() - began:.0f} s)\n",
            flush=True,
        )
        print(f"{'fault':<22} {'seed':>14}  the first difference, Node / nodenet")
        for found in pool.map(lambda name: judge.find(name, scenarios), names):
            lost += found.seed is None
            print(f"{found.name:<22} {found.seed or '-':>14}  {found.what or 'NOT FOUND'}", flush=True)
    memory.save()
    if judge.unsound:
        print(f"\nnot looked at, for they differ without a fault: {' '.join(map(str, sorted(judge.unsound)))}")
    print(f"\n{len(names)} faults in {time.monotonic() - began:.0f} s")
    print(f"{len(names) - lost} passed, {lost} failed")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
