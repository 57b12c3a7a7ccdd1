"""What can be counted, and is the same in every run: instructions, system calls, allocations.

Each count is the difference of two runs of different length, so that what a server does once is not in it.
"""

import re
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from load import load
from places import LIBRARY
from servers import ECHO, GATHERED, OURS, REQUESTS, Server, running
from settings import Settings
from text import figure, interval, names_of, table

BATCH = 16

Counts = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Load:
    """A load of two lengths: so many of what the generator counts."""

    mode: str
    few: int
    many: int
    options: Mapping[str, float]
    served: str = ECHO


@dataclass(frozen=True)
class Tool:
    """Counts what a server does; `read` takes the number out of its log."""

    command: Sequence[str]
    read: Callable[[str], int]
    # Under the tool an interpreter would show its own work.
    compiled_only: bool


@dataclass(frozen=True)
class Count:
    name: str
    unit: str
    tool: Tool
    load: Load
    target: float | None = None

    @property
    def title(self) -> str:
        return f"{self.name} per {self.unit}"


def number(pattern: str) -> Callable[[str], int]:
    def read(text: str) -> int:
        found = re.search(pattern, text)
        if found is None:
            raise SystemExit(f"bench: no {pattern!r} in\n{text}")
        return int(found[1].replace(",", ""))

    return read


def calls(*without: str) -> Callable[[str], int]:
    def read(text: str) -> int:
        found = re.findall(r"^ *[\d.]+ +[\d.]+ +\d+ +(\d+) +(?:\d+ +)?(\w+)$", text, re.MULTILINE)
        return sum(int(count) for count, name in found if name not in ("total", *without))

    return read


WAITS = ("epoll_wait", "epoll_pwait", "epoll_pwait2")

INSTRUCTIONS = Tool(
    ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-file={log}"),
    number(r"Collected : (\d+)"),
    compiled_only=True,
)
ALLOCATIONS = Tool(
    ("valgrind", "--leak-check=no", "--undef-value-errors=no", "--log-file={log}"),
    number(r"total heap usage: ([\d,]+) allocs"),
    compiled_only=True,
)
CALLS = Tool(("strace", "-f", "-c", "-o", "{log}"), calls(), compiled_only=False)
# How much one wait tells of depends on who is faster, the server or the load, so that some counts leave waits out.
CALLS_BUT_WAITS = Tool(CALLS.command, calls(*WAITS), compiled_only=False)


def all_counts(quick: bool) -> list[Count]:
    less = 4 if quick else 1
    fifty = Load("echo", 2_000, 2_000 + 20_000 // less, {"connections": 50})
    one = Load("echo", 500, 500 + 8_000 // less, {"connections": 1})
    life = Load("lives", 160, 160 + 2_560 // less, {"connections": 32, "together": 1})
    batch = Load("echo", 100, 100 + 4_000 // less, {"connections": 1, "pipelined": BATCH}, REQUESTS)
    return [
        Count("instructions, 50 connections", "echo of 64 B", INSTRUCTIONS, fifty, 130),
        Count("instructions, 1 connection", "echo of 64 B", INSTRUCTIONS, one, 170),
        Count("instructions, accept to close", "connection", INSTRUCTIONS, life, 900),
        Count("system calls, 50 connections", "echo of 64 B", CALLS, fifty, 2.02),
        Count("system calls, 1 connection", "echo of 64 B", CALLS, one),
        Count("system calls, accept to close", "connection", CALLS_BUT_WAITS, life),
        Count("system calls but waits", f"batch of {BATCH}", CALLS_BUT_WAITS, batch, 3),
        Count("allocations, 1 connection", "echo of 64 B", ALLOCATIONS, one),
        Count("allocations, accept to close", "connection", ALLOCATIONS, life),
        Count("allocations", f"batch of {BATCH}", ALLOCATIONS, batch),
    ]


def said(tool: Tool, server: Server, the: Load, length: int, served: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        inside = [part.replace("{log}", str(log)) for part in tool.command]
        with running(server, served, inside=inside) as listening:
            load(the.mode, listening.target, count=length, **the.options)
        return tool.read(log.read_text())


def count(one: Count, server: Server, served: str | None = None) -> float:
    the, served = one.load, served or one.load.served
    few, many = (said(one.tool, server, the, length, served) for length in (the.few, the.many))
    return round((many - few) / (the.many - the.few), 3)


def stripped() -> int:
    """Bytes of the shared library as it is installed."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "libnodenet.so"
        subprocess.run(["strip", "-o", str(file), str(LIBRARY)], check=True)
        return file.stat().st_size


def measure(settings: Settings) -> Counts:
    found: Counts = {}
    for one in all_counts(settings.quick):
        row = found.setdefault(one.title, {})
        for server in settings.servers:
            if not server.compiled and one.tool.compiled_only:
                continue
            row[server.name] = count(one, server)
            if one.load.served == REQUESTS and GATHERED in server.commands:
                row[f"{server.name}, gathered by the program"] = count(one, server, GATHERED)
    found["bytes per stripped shared library"] = {OURS: stripped()}
    return found


def report(runs: Sequence[Counts]) -> str:
    def row(title: str, wanted: float | None) -> list[str]:
        per_run = [run[title] for run in runs if title in run]
        cells = [interval([each[name] for each in per_run if name in each]) for name in servers]
        return [title, *cells, figure(wanted)]

    counts = all_counts(quick=False)
    servers = names_of([row for run in runs for row in run.values()])
    gathered = [name for name in servers if "gathered" in name]
    servers = [name for name in servers if name not in gathered]
    notes = [
        f"{name}: {interval([run[title][name] for run in runs if name in run.get(title, {})])} {title}"
        for title in names_of(runs)
        for name in gathered
        if any(name in run.get(title, {}) for run in runs)
    ]
    size = [run["bytes per stripped shared library"][OURS] for run in runs]
    notes.append(f"libnodenet.so, stripped: {interval(size, 0)} bytes")
    body = table(["", *servers, "target"], [row(one.title, one.target) for one in counts])
    return body + "\n\n" + "\n".join(f"- {note}" for note in notes)
