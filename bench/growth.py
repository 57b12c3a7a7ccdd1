"""What a request costs, and what memory is taken, as connections become more."""

import statistics
from collections.abc import Sequence

from load import Figures, load
from memory import IDLE, memory, most
from rounds import in_turn
from servers import ECHO, OURS, RAW, Running, cpu_of
from settings import Settings
from text import better, figure, names_of, table

# One is for what a process can have where its limit is lower than the next.
STEPS = (1, 10, 100, 1_000, 5_000, 10_000, 100_000)

# By server, by number of connections.
Growth = dict[str, dict[str, Figures]]


def steps(quick: bool) -> list[int]:
    if quick:
        return [100, 1_000]
    return sorted({min(step, most()) for step in STEPS})


def measure(settings: Settings) -> Growth:
    servers = settings.among(RAW, OURS, "libuv")
    rounds, seconds = (1, 0.2) if settings.quick else (3, 0.4)
    found: Growth = {server.name: {} for server in servers}
    for count in steps(settings.quick):

        def run(listening: Running, count: int = count) -> Figures:
            return load(
                "echo",
                listening.target,
                connections=count,
                seconds=seconds,
                warm_up=seconds / 2,
                process=listening.pid,
                cpu=cpu_of(1),
            )

        timed = in_turn({server.name: (server, ECHO) for server in servers}, rounds, run)
        for server in servers:
            figures = {name: better(values, high=name == "rate") for name, values in timed[server.name].items()}
            # Of fewer what is seen is only how memory comes in pages.
            if count >= 1_000:
                figures["bytes"] = memory(server, count)[IDLE]
            found[server.name][str(count)] = figures
    return found


def median(runs: Sequence[Growth], name: str, count: str, what: str) -> float | None:
    values = [run[name][count][what] for run in runs if what in run.get(name, {}).get(count, {})]
    return statistics.median(values) if values else None


def report(runs: Sequence[Growth]) -> str:
    names = names_of(runs)
    counts = names_of([run[name] for run in runs for name in run])
    rows = [
        [
            f"{int(count):,}",
            *(figure(median(runs, name, count, "cpu_us")) for name in names),
            *(figure(median(runs, name, count, "bytes")) for name in names),
        ]
        for count in counts
    ]
    head = ["connections", *(f"{name}, CPU µs per request" for name in names)]
    return table([*head, *(f"{name}, bytes per idle connection" for name in names)], rows)
