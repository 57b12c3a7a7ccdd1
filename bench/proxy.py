#!/usr/bin/env python3
"""What proxying one connection costs: bytes per second and CPU seconds of the proxy per GB.

Measures examples/proxy of a build (by pipe, where bulk stays in the kernel, and with a listener that makes it copy)
beside proxies on raw epoll and libuv that copy. They run in turn, each pinned to the first CPU, both ends of the
connection to the second; every run is a new process, and the median over the rounds is printed with the range.
"""

from __future__ import annotations

import argparse
import os
import resource
import socket
import statistics
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass
class Figure:
    """One run."""

    bytes_per_second: float
    cpu_per_gb: float


def compile_one(name: str, into: Path, *libraries: str) -> Path | None:
    """None if the library that it needs is not there."""
    binary = into / name
    command: list[str | Path] = ["cc", "-O2", "-o", binary, HERE / "proxy" / f"{name}.c", *libraries]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"{name} is left out: {done.stderr.splitlines()[0] if done.stderr else 'it does not compile'}")
        return None
    return binary


def pinned(cpu: int) -> Callable[[], None]:
    cpus = sorted(os.sched_getaffinity(0))
    return lambda: os.sched_setaffinity(0, {cpus[cpu % len(cpus)]})


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def start(command: list[str], cpu: int) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=pinned(cpu)
    )
    assert process.stdout is not None
    return process, process.stdout.readline()


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(load: Path, command: list[str], mib: int) -> Figure:
    target = unused_port()
    proxy, line = start([*command, str(target)], 0)
    ends, _ = start([str(load), str(target), line.rpartition(":")[2].strip(), str(mib)], 1)
    out, _ = ends.communicate("go\n", timeout=120)
    before = cpu_seconds()
    proxy.kill()
    proxy.wait()
    cpu = cpu_seconds() - before
    seconds, count = out.split()
    return Figure(int(count) / float(seconds), cpu / (int(count) / 1e9))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("proxy", type=Path, help="examples/proxy of a build")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--mib", type=int, default=4096, help="carried in each run")
    options = parser.parse_args()
    ours = str(options.proxy.resolve())
    with tempfile.TemporaryDirectory() as folder:
        build = Path(folder)
        load = compile_one("load", build)
        if load is None:
            raise SystemExit(1)
        proxies = {
            "nodenet, pipe": [ours, "127.0.0.1"],
            "nodenet, pipe and a listener": [ours, "--count", "127.0.0.1"],
        }
        for name, libraries in {"epoll_copy": [], "libuv_copy": ["-luv"]}.items():
            binary = compile_one(name, build, *libraries)
            if binary is not None:
                proxies[name] = [str(binary)]
        figures: dict[str, list[Figure]] = {name: [] for name in proxies}
        for _ in range(options.rounds):
            for name, command in proxies.items():
                figures[name].append(measure(load, command, options.mib))
    print(f"{'proxy':30} {'GB/s':>6} {'range':>13} {'CPU s/GB':>9} {'range':>15}")
    for name, runs in figures.items():
        rates = sorted(run.bytes_per_second / 1e9 for run in runs)
        costs = sorted(run.cpu_per_gb for run in runs)
        rate, cost = statistics.median(rates), statistics.median(costs)
        rate_range, cost_range = f"{rates[0]:.2f}-{rates[-1]:.2f}", f"{costs[0]:.4f}-{costs[-1]:.4f}"
        print(f"{name:30} {rate:6.2f} {rate_range:>13} {cost:9.4f} {cost_range:>15}")


if __name__ == "__main__":
    main()
