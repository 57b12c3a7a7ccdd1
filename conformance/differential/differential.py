"""Plays random scenarios on Node and on nodenet, and compares what happens. Run it by conformance/differential.sh."""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from compare import DIFFERENT, KNOWN, ORDERS, Verdict, compare, first_difference
from coverage import Coverage
from generate import SEED_KINDS, fixed_seeds, fresh_seeds, generate
from known import KNOWN as RULES
from maker import VERSION
from normalise import normalise
from players import Player
from scenario import Scenario, parse
from show import side_by_side
from shrink import shrink

HERE = Path(__file__).parent
# What fresh seeds find is news of the library, seldom the fault of the change under test: so many are only told.
NEWS = 2
BATCH = 100
# The share of all scenarios, in percent, that may have one of Node's orders only after Node was asked again.
ORDERS_CAP = 10.0
# With so few scenarios a share says nothing.
CAP_FROM = 3
SHRUNK_AT_MOST = 5


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="conformance/differential.sh", description=__doc__)
    parser.add_argument("--node", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--runner", help=argparse.SUPPRESS)
    parser.add_argument("--seeds", type=int, help="as many fresh seeds, instead of the fixed and a few fresh ones")
    parser.add_argument("--from", type=int, dest="base", help="the first fresh seed; without it, one from the clock")
    kinds = [kind.name for kind in SEED_KINDS]
    parser.add_argument("--kind", choices=kinds, default=kinds[0], help="what --seeds and --from count")
    parser.add_argument("--seed", type=int, help="this one scenario: prints it and both traces")
    parser.add_argument("--file", type=Path, help="the scenarios of a file")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="as many batches at a time")
    parser.add_argument("--no-shrink", action="store_true", help="only list the seeds that differ")
    parser.add_argument("--report", type=Path, help="a folder to write each difference to")
    parser.add_argument("--coverage", action="store_true", help="plays on Node only: what the scenarios reach")
    parser.add_argument("--repeatable", action="store_true", help="compares Node with Node")
    return parser.parse_args()


def batches(scenarios: list[Scenario]) -> list[list[Scenario]]:
    """Portions for one process each."""
    return [scenarios[start : start + BATCH] for start in range(0, len(scenarios), BATCH)]


def kept() -> list[Scenario]:
    """Scenarios that once showed a fault."""
    return [scenario for file in sorted((HERE / "kept").glob("*.txt")) for scenario in parse(file.read_text())]


def chosen(arguments: argparse.Namespace) -> list[Scenario]:
    """What is to be played."""
    if arguments.file:
        return parse(arguments.file.read_text())
    if arguments.seed is not None:
        return [generate(arguments.seed)]
    base = arguments.base if arguments.base is not None else int(time.time()) * 1000
    if arguments.seeds is not None:
        first = base + next(kind.base for kind in SEED_KINDS if kind.name == arguments.kind)
        print(f"generator {VERSION}; {arguments.seeds} seeds from {first}", flush=True)
        return [generate(seed) for seed in range(first, first + arguments.seeds)]
    print(f"generator {VERSION}; fresh seeds of each kind from number {base}", flush=True)
    return [*kept(), *map(generate, fixed_seeds()), *map(generate, fresh_seeds(base))]


def show_coverage(node: Player, scenarios: list[Scenario]) -> int:
    """What the scenarios reach on Node."""
    coverage = Coverage()
    for batch in batches(scenarios):
        for trace in node.play(batch):
            coverage.add(normalise(trace))
    print(coverage.report())
    return 0


def play(node: Player, ours: Player, scenarios: list[Scenario], jobs: int) -> Iterator[Verdict]:
    """The verdicts, in order, as they come."""
    with ThreadPoolExecutor(jobs) as pool:
        for verdicts in pool.map(lambda batch: compare(node, ours, batch), batches(scenarios)):
            yield from verdicts


def describe(verdict: Verdict, node: Player, ours: Player, shrinks: bool) -> str:
    """A difference, as small as it can be made."""

    lines = [f"---- seed {verdict.scenario.seed}"]
    if shrinks:
        small = shrink(verdict.scenario, lambda candidates: first_difference(node, ours, candidates))
        again = compare(node, ours, [small])[0]
        if again.kind == DIFFERENT:
            verdict = again
    lines += [verdict.scenario.text(), side_by_side(verdict.node, verdict.ours)]
    return "\n".join(lines)


def over_caps(counts: Counter[str], orders: int, total: int) -> list[str]:
    """The rules that explained more than they may."""
    caps = {rule.name: rule.cap for rule in RULES}
    found = [name for name, count in counts.items() if count > max(CAP_FROM, caps[name] * total / 100)]
    return [*found, *(["several orders"] if orders > max(CAP_FROM, ORDERS_CAP * total / 100) else [])]


def main() -> int:
    """Plays, prints, and gives the exit status."""
    arguments = parse_arguments()
    node = Player("Node", (arguments.node, str(HERE / "runner.js")))
    ours = node if arguments.repeatable else Player("nodenet", (arguments.runner or "",))
    scenarios = chosen(arguments)
    if arguments.coverage:
        return show_coverage(node, scenarios)
    if arguments.seed is not None:
        print(scenarios[0].text())
    began = time.monotonic()
    kinds: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    fixed = set(fixed_seeds())
    differences = fresh = 0
    for verdict in play(node, ours, scenarios, arguments.jobs):
        kinds[verdict.kind] += 1
        rules.update(verdict.rules)
        if verdict.kind == DIFFERENT:
            differences += 1
            fresh += verdict.scenario.seed not in fixed
            shrinks = not arguments.no_shrink and differences <= SHRUNK_AT_MOST
            text = describe(verdict, node, ours, shrinks)
            print(text, flush=True)
            if arguments.report:
                arguments.report.mkdir(parents=True, exist_ok=True)
                (arguments.report / f"{verdict.scenario.seed}.txt").write_text(text + "\n")
        elif verdict.kind != "same" and arguments.seed is not None:
            print(f"{verdict.kind}: {', '.join(verdict.rules)}")
    total = sum(kinds.values())
    print(f"\n{total} scenarios in {time.monotonic() - began:.0f} s: {kinds['same']} the same at once, "
          f"{kinds[ORDERS]} in one of the orders that Node gives, {kinds[KNOWN]} with known differences, "
          f"{kinds[DIFFERENT]} unexplained")  # fmt: skip
    for rule in RULES:
        print(f"  {rules[rule.name]:6} {rule.name}: {rule.reason}")
    exceeded = over_caps(rules, kinds[ORDERS], total)
    if exceeded:
        print(f"more than its cap: {', '.join(exceeded)}")
    print(f"{total - kinds[DIFFERENT]} passed, {kinds[DIFFERENT]} failed")
    if fresh:
        print(f"{fresh} of them of fresh seeds")
    is_short = arguments.seeds is None and arguments.seed is None and not arguments.file
    tolerated = min(fresh, NEWS) if is_short else 0
    return 1 if kinds[DIFFERENT] > tolerated or exceeded else 0


if __name__ == "__main__":
    sys.exit(main())
