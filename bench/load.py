"""The load generator, a program of its own in load/."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from places import LOAD

PATIENCE = 660

Figures = dict[str, float]


def words(mode: str, target: str, options: dict[str, float]) -> list[str]:
    return [str(LOAD), mode, target, *(f"{name}={value}" for name, value in options.items())]


def load(mode: str, target: str, **options: float) -> Figures:
    """One run; the options are those of load/main.c."""
    command = words(mode, target, options)
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    if done.returncode != 0:
        raise SystemExit(f"bench: {' '.join(command[1:])}: {done.stderr.strip()}")
    found: Figures = json.loads(done.stdout)
    return found


@contextmanager
def stepwise(mode: str, target: str, **options: float) -> Iterator["Steps"]:
    """A run that waits at each step."""
    command = words(mode, target, options)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Steps(process)


class Steps:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def wait_for(self, word: str) -> None:
        assert self.process.stdout is not None
        said = self.process.stdout.readline().strip()
        if said != word:
            raise SystemExit(f"bench: the load said {said!r} where {word!r} was to come")

    def go_on(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
