#!/usr/bin/env python3
"""run.py [--quick] [--check] [--json FILE]: counts what the library costs, where counting is free of noise.

Builds what it measures. Every count is the difference of two runs of different length, so that what a server does once
is not in it. --quick takes shorter runs; --check fails if a count is above its ceiling in ceilings.json.
"""

import argparse
import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from load import Load, connections, echo, lives, pipelined, round_trip
from server import Server

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "release"
ECHO = BUILD / "examples" / "echo_server"
PIPELINED = BUILD / "bench" / "bench_pipelined"
BATCH = 16

CALLGRIND = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-file={log}")
MEMCHECK = ("valgrind", "--leak-check=no", "--undef-value-errors=no", "--log-file={log}")
STRACE = ("strace", "-f", "-c", "-o", "{log}")


@dataclass(frozen=True)
class Runs:
    """Two lengths of a load, and how many operations the longer one has more."""

    load: Callable[[int], Load]
    few: int
    many: int
    each: int


@dataclass(frozen=True)
class Column:
    """One count; its unit says per what."""

    name: str
    unit: str
    count: Callable[[], float]


def said(tool: Sequence[str], program: Path, load: Load) -> str:
    """What a tool says of a server under a load."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with Server(program, [part.replace("{log}", str(log)) for part in tool]) as server:
            load(server.port)
        return log.read_text()


def difference(tool: Sequence[str], program: Path, runs: Runs, read: Callable[[str], int]) -> float:
    few, many = (read(said(tool, program, runs.load(rounds))) for rounds in (runs.few, runs.many))
    return (many - few) / ((runs.many - runs.few) * runs.each)


def number(pattern: str) -> Callable[[str], int]:
    def read(text: str) -> int:
        found = re.search(pattern, text)
        if found is None:
            raise SystemExit(f"bench: no {pattern!r} in\n{text}")
        return int(found[1].replace(",", ""))

    return read


def system_calls(*without: str) -> Callable[[str], int]:
    def read(text: str) -> int:
        calls = re.findall(r"^ *[\d.]+ +[\d.]+ +\d+ +(\d+) +(?:\d+ +)?(\w+)$", text, re.MULTILINE)
        return sum(int(count) for count, name in calls if name not in ("total", *without))

    return read


instructions = number(r"Collected : (\d+)")
allocations = number(r"total heap usage: ([\d,]+) allocs")


def idle(count: int, echoed: bool) -> float:
    """Bytes of resident memory for each connection that is only there."""
    with Server(ECHO) as server:
        with connections(server.port, 1) as clients:
            round_trip(clients, b"?")
        before = server.resident()
        with connections(server.port, count) as clients:
            round_trip(clients if echoed else clients[-1:], b"?")
            return (server.resident() - before) / count


def stripped() -> float:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "libnodenet.so"
        subprocess.run(["strip", "-o", str(file), str(BUILD / "lib" / "libnodenet.so")], check=True)
        return file.stat().st_size


def columns(quick: bool) -> list[Column]:
    less = 4 if quick else 1
    fifty = Runs(lambda rounds: echo(50, rounds), 20, 20 + 400 // less, 50)
    one = Runs(lambda rounds: echo(1, rounds), 200, 200 + 8000 // less, 1)
    life = Runs(lambda rounds: lives(8, rounds), 30, 30 + 400 // less, 8)
    batch = Runs(lambda batches: pipelined(batches, BATCH), 20, 20 + 400 // less, 1)
    many = 4000 // less

    def counted(name: str, tool: Sequence[str], program: Path, runs: Runs, read: Callable[[str], int]) -> Column:
        what, _, unit = name.partition(" per ")
        return Column(what, unit, lambda: difference(tool, program, runs, read))

    return [
        counted("instructions, 50 connections per echo of 64 B", CALLGRIND, ECHO, fifty, instructions),
        counted("instructions, 1 connection per echo of 64 B", CALLGRIND, ECHO, one, instructions),
        counted("instructions, accept to close per connection", CALLGRIND, ECHO, life, instructions),
        counted("system calls, 50 connections per echo of 64 B", STRACE, ECHO, fifty, system_calls()),
        counted("system calls, 1 connection per echo of 64 B", STRACE, ECHO, one, system_calls()),
        counted("system calls, accept to close per connection", STRACE, ECHO, life, system_calls("epoll_wait")),
        counted("system calls but waits per batch of 16", STRACE, PIPELINED, batch, system_calls("epoll_wait")),
        counted("allocations, 1 connection per echo of 64 B", MEMCHECK, ECHO, one, allocations),
        counted("allocations, accept to close per connection", MEMCHECK, ECHO, life, allocations),
        counted("allocations per batch of 16", MEMCHECK, PIPELINED, batch, allocations),
        Column("resident bytes", "idle connection", lambda: idle(many, False)),
        Column("resident bytes", "idle connection that has echoed", lambda: idle(many, True)),
        Column("bytes", "stripped shared library", stripped),
    ]


def build() -> None:
    for tool in ("valgrind", "strace", "strip"):
        if shutil.which(tool) is None:
            raise SystemExit(f"bench: {tool} is missing")
    for command in (["cmake", "--preset", "release"], ["cmake", "--build", "--preset", "release"]):
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="shorter runs")
    options.add_argument("--check", action="store_true", help="fail above a ceiling")
    options.add_argument("--json", type=Path, default=BUILD / "bench.json", help="where the counts go")
    given = options.parse_args()
    ceilings: dict[str, float] = json.loads((Path(__file__).parent / "ceilings.json").read_text())
    build()
    found: dict[str, float] = {}
    above = 0
    print(f"{'what':34} {'per':32} {'count':>12} {'ceiling':>10}")
    for column in columns(given.quick):
        name = f"{column.name} per {column.unit}"
        found[name] = round(column.count(), 2)
        ceiling = ceilings[name]
        high = found[name] > ceiling
        above += high
        print(
            f"{column.name:34} {column.unit:32} {found[name]:12,.2f} {ceiling:10,.0f}{'  too high' if high else ''}",
            flush=True,
        )
    given.json.write_text(json.dumps(found, indent=2) + "\n")
    return 1 if above and given.check else 0


if __name__ == "__main__":
    sys.exit(main())
