"""How long an answer takes when requests come at a fixed rate, whether or not those before are answered.

The time counts from when a request was due, so that a server that stops for a while has all that should have come
meanwhile in it.
"""

from collections.abc import Sequence

from load import Figures, load
from rounds import Rounds, in_turn
from servers import ECHO, OURS, RAW, Running, cpu_of
from settings import Settings
from text import names_of, table, timed

RATES = (20_000, 60_000)
CONNECTIONS = 50

Offered = dict[str, Rounds]


def measure(settings: Settings) -> Offered:
    rounds, seconds = (1, 0.5) if settings.quick else (3, 2)
    servers = {server.name: (server, ECHO) for server in settings.among(RAW, OURS, "libuv", "Node")}
    found: Offered = {}
    for rate in RATES:

        def run(listening: Running, rate: int = rate) -> Figures:
            return load(
                "offered",
                listening.target,
                connections=CONNECTIONS,
                rate=rate,
                seconds=seconds,
                warm_up=seconds / 5,
                process=listening.pid,
                cpu=cpu_of(1),
            )

        found[f"{rate:,}"] = in_turn(servers, rounds, run)
    return found


def report(runs: Sequence[Offered]) -> str:
    columns = {"p50": "p50_us", "p99": "p99_us", "p99.9": "p999_us", "not sent": "lost", "CPU": "cpu_us"}

    def row(rate: str, name: str) -> list[str]:
        cells = [
            timed([value for run in runs if rate in run for value in run[rate][name][key]], high=False)
            for key in columns.values()
        ]
        return [f"{rate}/s, {name}", *cells]

    rates = names_of(runs)
    names = names_of([run[rate] for run in runs for rate in run])
    head = ["offered", *(f"{name}, µs" if name != "not sent" else name for name in columns)]
    return table(head, [row(rate, name) for rate in rates for name in names])
