"""The Python package beside asyncio and uvloop: an echo of 64 bytes, by streams and by callbacks."""

from collections.abc import Sequence

from load import Figures, load
from places import HERE, LIBRARY, ROOT
from rounds import Rounds, in_turn
from servers import ECHO, Running, Server, cpu_of
from settings import Settings
from text import names_of, table, timed

ENVIRONMENT = {"NODENET_LIBRARY": str(LIBRARY), "PYTHONPATH": str(ROOT / "bindings" / "python" / "src")}

# How each is called, its program in python/, and its arguments.
WAYS = {
    "nodenet, callbacks": ("callbacks.py",),
    "nodenet.aio, streams": ("streams.py", "nodenet"),
    "nodenet.aio, streams on uvloop": ("streams.py", "nodenet", "uvloop"),
    "asyncio, streams": ("streams.py", "asyncio"),
    "asyncio, streams on uvloop": ("streams.py", "asyncio", "uvloop"),
    "asyncio, protocols": ("protocols.py",),
    "asyncio, protocols on uvloop": ("protocols.py", "uvloop"),
}

Pythons = dict[str, Rounds]


def measure(settings: Settings) -> Pythons:
    found: Pythons = {}
    if settings.python is None:
        return found
    rounds, seconds = (1, 0.3) if settings.quick else (6, 0.5)
    servers = {
        name: (
            Server(
                name,
                {ECHO: (str(settings.python), "-B", str(HERE / "python" / program), *arguments)},
                compiled=False,
                environment=ENVIRONMENT,
            ),
            ECHO,
        )
        for name, (program, *arguments) in WAYS.items()
    }
    for connections in (1, 50):

        def run(listening: Running, connections: int = connections) -> Figures:
            return load(
                "echo",
                listening.target,
                connections=connections,
                seconds=seconds,
                warm_up=seconds / 5,
                process=listening.pid,
                cpu=cpu_of(1),
            )

        found[f"x {connections}"] = in_turn(servers, rounds, run)
    return found


def report(runs: Sequence[Pythons]) -> str:
    columns = names_of(runs)
    if not columns:
        return "No virtual environment for Python could be made."

    def row(name: str) -> list[str]:
        return [
            name,
            *(
                timed([value for run in runs for value in run[column][name][what]], high=what == "rate")
                for column in columns
                for what in ("rate", "cpu_us")
            ),
        ]

    head = [f"64 B {column}, {unit}" for column in columns for unit in ("requests/s", "CPU µs per request")]
    return table(["", *head], map(row, WAYS))
