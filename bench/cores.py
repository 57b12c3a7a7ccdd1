"""Two loops in two threads against one: requests that take some work of the program's, and some that take none.

The load has no CPU of its own here, so that work for each request tells what the loops gain."""

import os
from collections.abc import Sequence

from load import Figures, load
from places import PROGRAMS
from rounds import Rounds, in_turn
from servers import ECHO, Running, Server
from settings import Settings
from text import better, figure, names_of, table, timed

# Steps of a chain of multiplications: none, and about a tenth of a millisecond.
WORK = (0, 50_000)
LOOPS = (1, 2)

Cores = dict[str, Rounds]


def measure(settings: Settings) -> Cores:
    found: Cores = {}
    if len(os.sched_getaffinity(0)) < 2:
        return found
    rounds, seconds = (1, 0.3) if settings.quick else (5, 1)

    def run(listening: Running) -> Figures:
        return load(
            "echo", listening.target, connections=50, seconds=seconds, warm_up=seconds / 5, process=listening.pid
        )

    for work in WORK:
        servers = {
            str(loops): (
                Server("", {ECHO: (str(PROGRAMS / "working_server"), "{target}", str(loops), str(work))}),
                ECHO,
            )
            for loops in LOOPS
        }
        found["with work" if work else "without work"] = in_turn(servers, rounds, run, pinned=False)
    return found


def report(runs: Sequence[Cores]) -> str:
    def values(work: str, loops: int, what: str) -> list[float]:
        return [value for run in runs if work in run for value in run[work][str(loops)][what]]

    def row(work: str) -> list[str]:
        one, two = (values(work, loops, "rate") for loops in LOOPS)
        gain = better(two, high=True) / better(one, high=True)
        cpu = (timed(values(work, loops, "cpu_us"), high=False) for loops in LOOPS)
        return [work, timed(one, high=True), timed(two, high=True), figure(gain), *cpu]

    head = ["", "one loop, requests/s", "two", "gain", "one loop, CPU µs per request", "two"]
    names = names_of(runs)
    return table(head, map(row, names)) if names else "This machine has one CPU."
