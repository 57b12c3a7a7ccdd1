"""What passing one connection on to another costs: bytes per second, and CPU seconds of the proxy per GB.

The example proxy by pipe, where bulk stays in the kernel, and with a listener that makes it copy, beside proxies on raw
epoll and libuv that copy. Every run is a new process; both ends of the connection are one process on another CPU.
"""

import os
import resource
import socket
import subprocess
from collections.abc import Sequence

from places import EXAMPLES, PEERS, PROGRAMS
from servers import cpu_of
from settings import Settings
from text import better, figure, names_of, table, timed

Proxying = dict[str, dict[str, list[float]]]

PIPE, COPYING = "nodenet, pipe", "nodenet, pipe and a listener"


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def start(command: Sequence[str], cpu: int) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {cpu_of(cpu)}),
    )
    assert process.stdout is not None
    return process, process.stdout.readline()


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def once(command: Sequence[str], mib: int) -> tuple[float, float]:
    """GB per second and CPU seconds per GB."""
    target = unused_port()
    proxy, line = start([*command, str(target)], 0)
    ends, _ = start([str(PROGRAMS / "proxy_load"), str(target), line.rpartition(":")[2].strip(), str(mib)], 1)
    out, _ = ends.communicate("go\n", timeout=120)
    before = cpu_seconds()
    proxy.kill()
    proxy.communicate()
    cpu = cpu_seconds() - before
    seconds, count = out.split()
    return int(count) / 1e9 / float(seconds), cpu / (int(count) / 1e9)


def measure(settings: Settings) -> Proxying:
    ours = str(EXAMPLES / "proxy")
    rounds, mib = (2, 512) if settings.quick else (5, 4096)
    proxies = {
        PIPE: [ours, "127.0.0.1"],
        COPYING: [ours, "--count", "127.0.0.1"],
        "epoll, copying": [str(PEERS / "epoll_copy")],
        "libuv, copying": [str(PEERS / "libuv_copy")],
    }
    found: Proxying = {}
    for _ in range(rounds):
        for name, command in proxies.items():
            if os.path.exists(command[0]):
                rate, cost = once(command, mib)
                figures = found.setdefault(name, {"rate": [], "cpu_s_per_gb": []})
                figures["rate"].append(rate)
                figures["cpu_s_per_gb"].append(cost)
    return found


def report(runs: Sequence[Proxying]) -> str:
    def values(name: str, what: str) -> list[float]:
        return [value for run in runs if name in run for value in run[name][what]]

    def row(name: str) -> list[str]:
        return [
            name,
            timed(values(name, "rate"), high=True, digits=2),
            timed(values(name, "cpu_s_per_gb"), high=False, digits=3),
        ]

    def cost(name: str) -> float:
        return better(values(name, "cpu_s_per_gb"), high=False)

    names = names_of(runs)
    best = min((name for name in names if name not in (PIPE, COPYING)), key=cost, default=None)
    body = table(["proxy", "GB/s", "CPU seconds per GB"], map(row, names))
    if best is None:
        return body
    ratio = cost(PIPE) / cost(best)
    said = f"CPU seconds per GB of the pipe against the best that copies ({best}): {figure(ratio, 2)}; target 0.5."
    return f"{body}\n\n{said}"
