"""How much goes through, beside raw epoll; and beside raw epoll a second time, which tells the error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from load import Figures, load
from rounds import Rounds, in_turn
from servers import ECHO, GATHERED, OURS, RAW, REQUESTS, Running, Server, cpu_of
from settings import Settings
from text import better, figure, interval, names_of, table

AGAIN = f"{RAW} again"

Throughput = dict[str, Rounds]


@dataclass(frozen=True)
class Column:
    name: str
    mode: str
    options: Mapping[str, float]
    unit: str = "requests/s"
    served: str = ECHO
    local: bool = False


PIPELINED = "16 x 64 B at once x 50"

COLUMNS = [
    Column("echo 64 B x 1", "echo", {"connections": 1, "spins": 1}),
    Column("echo 64 B x 50", "echo", {"connections": 50}),
    Column("echo 64 B x 1,000", "echo", {"connections": 1000}),
    Column("echo 16 KiB x 50", "echo", {"connections": 50, "size": 16384}),
    Column("Unix socket 64 B x 50", "echo", {"connections": 50}, local=True),
    Column("accept", "lives", {"connections": 32}, unit="connections/s"),
    Column("bulk", "stream", {"size": 65536}, unit="GB/s"),
    Column(PIPELINED, "echo", {"connections": 50, "pipelined": 16}, served=REQUESTS),
]


def measure(settings: Settings) -> Throughput:
    rounds, seconds = (3, 0.1) if settings.quick else (10, 0.2)
    found: Throughput = {}
    for column in COLUMNS:
        servers: dict[str, tuple[Server, str]] = {server.name: (server, column.served) for server in settings.servers}
        servers[AGAIN] = (settings.raw, column.served)
        if column.served == REQUESTS:
            servers |= {
                f"{server.name}, gathered by the program": (server, GATHERED)
                for server in settings.servers
                if GATHERED in server.commands
            }

        def run(listening: Running, column: Column = column) -> Figures:
            return load(
                column.mode,
                listening.target,
                seconds=seconds,
                warm_up=seconds / 5,
                process=listening.pid,
                cpu=cpu_of(1),
                **column.options,
            )

        found[column.name] = in_turn(servers, rounds, run, local=column.local)
    return found


def ratios(runs: Sequence[Throughput], column: str, name: str, against: str, what: str = "rate") -> list[float]:
    """Of the better quartiles, one for each run that has both."""
    high = what == "rate"
    return [
        better(run[column][name][what], high=high) / better(run[column][against][what], high=high)
        for run in runs
        if name in run.get(column, {}) and against in run[column]
    ]


def error(runs: Sequence[Throughput], column: str, what: str = "rate") -> tuple[float, float]:
    """From where to where the ratio of two that are the same lies: which of them is the first is chance."""
    found = ratios(runs, column, AGAIN, RAW, what)
    both = [*found, *(1 / ratio for ratio in found)]
    return min(both), max(both)


def against_raw(runs: Sequence[Throughput], what: str) -> str:
    def row(name: str) -> list[str]:
        return [name, *(interval(ratios(runs, column.name, name, RAW, what), 2) for column in COLUMNS)]

    def errors() -> list[str]:
        return ["error", *("{:.2f}-{:.2f}".format(*error(runs, column.name, what)) for column in COLUMNS)]

    names = names_of([run[column] for run in runs for column in run])
    return table(["", *(column.name for column in COLUMNS)], [*map(row, names), errors()])


def rates(runs: Sequence[Throughput]) -> str:
    def row(name: str) -> list[str]:
        values = [
            [value for run in runs if name in run.get(column.name, {}) for value in run[column.name][name]["rate"]]
            for column in COLUMNS
        ]
        units = [1e-9 if column.unit == "GB/s" else 1 for column in COLUMNS]
        return [
            name,
            *(
                figure(better(each, high=True) * unit, 2 if unit < 1 else 0) if each else "-"
                for each, unit in zip(values, units, strict=True)
            ),
        ]

    names = names_of([run[column] for run in runs for column in run])
    return table(["", *(f"{column.name}, {column.unit}" for column in COLUMNS)], map(row, names))


def verdicts(runs: Sequence[Throughput]) -> str:
    """Whether ours can be told from raw epoll, and by how much it is ahead of libuv when requests come together."""
    lines = []
    for column in COLUMNS:
        if column.served == REQUESTS:
            continue
        low, high = error(runs, column.name)
        found = ratios(runs, column.name, OURS, RAW)
        word = "faster" if min(found) > high else "slower" if max(found) < low else "not to be told from raw epoll"
        lines.append([column.name, interval(found, 3), f"{low:.3f}-{high:.3f}", word])
    summary = table(["", "ratio to raw epoll", "error", "which is"], lines)
    faster = ratios(runs, PIPELINED, OURS, "libuv")
    if faster:
        summary += f"\n\nRequests per second when 16 come at once, against libuv: {interval(faster, 2)}; target 3."
        best = ratios(runs, PIPELINED, OURS, "libuv, gathered by the program")
        summary += f" Against libuv whose program gathers by itself: {interval(best, 2)}."
    return summary


def report(runs: Sequence[Throughput]) -> str:
    return "\n\n".join(
        [
            verdicts(runs),
            "Ratios to raw epoll, throughput (higher is better):",
            against_raw(runs, "rate"),
            "Server CPU for each of them, as ratios to raw epoll (lower is better):",
            against_raw(runs, "cpu_us"),
            "What goes through, better quartiles of all rounds:",
            rates(runs),
        ]
    )
