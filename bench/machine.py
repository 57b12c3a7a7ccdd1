"""On what it was measured."""

import os
import platform
import re
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from places import ROOT
from settings import Settings
from text import interval

PACKAGES = ("libuv1-dev", "libevent-dev", "libasio-dev")


def first_line(*command: str) -> str:
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return "none"
    return (done.stdout.splitlines() or ["none"])[0]


def cpu() -> str:
    found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1] if found else platform.machine()


def about(settings: Settings) -> dict[str, str | list[float]]:
    lock = (Path(__file__).parent / "peers" / "tokio" / "Cargo.lock").read_text()
    tokio = re.search(r'name = "tokio"\nversion = "([^"]*)"', lock)
    node = [server.commands["echo"][0] for server in settings.among("Node")]
    packages = [f"{name} {first_line('dpkg-query', '-W', '-f', '${Version}', name)}" for name in PACKAGES]
    return {
        "when": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "commit": first_line("git", "describe", "--always", "--dirty"),
        "CPU": f"{cpu()}, {len(os.sched_getaffinity(0))} of them",
        "memory": f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "descriptors of a process": str(resource.getrlimit(resource.RLIMIT_NOFILE)[1]),
        "compilers": f"{first_line('cc', '--version')}; {first_line('rustc', '--version')}",
        "others": ", ".join(
            [
                *packages,
                f"tokio {tokio[1] if tokio else 'none'}",
                f"Node {first_line(node[0], '--version') if node else 'none'}",
                f"Python {sys.version.split()[0]}",
            ]
        ),
        "load at the beginning": [round(os.getloadavg()[0], 2)],
    }


def report(runs: Sequence[dict[str, str | list[float]]]) -> str:
    lines = []
    for name in runs[0]:
        values = [run[name] for run in runs]
        numbers = [number for value in values if isinstance(value, list) for number in value]
        texts = list(dict.fromkeys(value for value in values if isinstance(value, str)))
        lines.append(f"- {name}: {interval(numbers) if numbers else '; '.join(texts)}")
    return "\n".join(lines)
