"""Plays the scenarios of the folder `recorded` and compares the traces with those that Node gave.

So it is the runner that is tested, without Node: a few scenarios that have one order only.
"""

import argparse
import difflib
import sys
from pathlib import Path

from normalise import normalise
from players import Player
from scenario import parse

FOLDER = Path(__file__).parent / "recorded"
# These are few: time is no matter, and silence is to be silence on every machine.
TICK = 10


def traces(player: Player, file: Path) -> str:
    """The traces of a file's scenarios, as they are written down."""
    scenarios = parse(file.read_text())
    lines = []
    for scenario, trace in zip(scenarios, player.play(scenarios, TICK), strict=True):
        lines += [f"scenario {scenario.seed}", *normalise(trace), "done"]
    return "\n".join([*lines, ""])


def main() -> int:
    """Gives 1 if a trace is another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", nargs="+", help="the runner")
    parser.add_argument("--record", action="store_true", help="writes the traces down; the runner is the one on Node")
    arguments = parser.parse_args()
    player = Player("runner", tuple(arguments.command))
    failed = 0
    for file in sorted(FOLDER.glob("*.txt")):
        found = traces(player, file)
        record = file.with_suffix(".trace")
        if arguments.record:
            record.write_text(found)
            continue
        wanted = record.read_text()
        if found != wanted:
            failed += 1
            lines = difflib.unified_diff(wanted.splitlines(), found.splitlines(), record.name, "now", lineterm="")
            print("\n".join(lines))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
