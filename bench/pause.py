"""The first byte on a connection after a long pause of all of them, and the next one without a pause."""

from collections.abc import Sequence

from load import Figures, load
from rounds import Rounds, in_turn
from servers import ECHO, OURS, RAW, Running, cpu_of
from settings import Settings
from text import names_of, table, timed

CONNECTIONS = 1_000


def measure(settings: Settings) -> Rounds:
    servers = {server.name: (server, ECHO) for server in settings.among(RAW, OURS, "libuv", "Node")}

    def run(listening: Running) -> Figures:
        pause = 1 if settings.quick else 10
        return load("pause", listening.target, connections=CONNECTIONS, size=1, pause=pause, cpu=cpu_of(1))

    return in_turn(servers, 1, run)


def report(runs: Sequence[Rounds]) -> str:
    columns = {
        "the one that wakes": "woken_us",
        "first, p50": "first_p50_us",
        "first, p99": "first_p99_us",
        "next, p50": "next_p50_us",
        "next, p99": "next_p99_us",
    }

    def row(name: str) -> list[str]:
        values = ([value for run in runs for value in run[name][key]] for key in columns.values())
        return [name, *(timed(each, high=False) for each in values)]

    return table(["µs", *columns], map(row, names_of(runs)))
