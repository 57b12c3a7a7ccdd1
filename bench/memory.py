"""Resident memory of a server for each connection that is only there."""

import resource
from collections.abc import Sequence

from load import load, stepwise
from servers import Server, running, visitors
from settings import Settings
from text import figure, interval, names_of, table

Memory = dict[str, dict[str, float]]

IDLE, ECHOED = "idle", "idle again after an echo"
TARGETS = {"nodenet": 128, visitors().name: 224}


def most() -> int:
    """How many connections a server and the load can have: a process has that many descriptors, less a few."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 100


def memory(server: Server, connections: int) -> dict[str, float]:
    with running(server) as listening:
        # What the first connections need for good, of the server and of the allocator, is not theirs.
        load("echo", listening.target, connections=1, count=100)
        before = listening.memory()["Rss"]
        with stepwise("idle", listening.target, connections=connections) as steps:
            steps.wait_for("connected")
            idle = listening.memory()["Rss"]
            steps.go_on()
            steps.wait_for("echoed")
            echoed = listening.memory()["Rss"]
            steps.go_on()
            steps.wait_for("closed")
            steps.go_on()
    return {IDLE: round((idle - before) / connections, 1), ECHOED: round((echoed - before) / connections, 1)}


def measure(settings: Settings) -> Memory:
    connections = min(4_000 if settings.quick else 9_000, most())
    return {server.name: memory(server, connections) for server in [*settings.servers, visitors()]}


def report(runs: Sequence[Memory]) -> str:
    def row(name: str) -> list[str]:
        cells = [interval([run[name][which] for run in runs if name in run]) for which in (IDLE, ECHOED)]
        return [name, *cells, figure(TARGETS.get(name))]

    names = names_of(runs)
    return table(["bytes of RSS per connection", IDLE, ECHOED, "target"], map(row, names))
