"""A file of 1 GiB sent to one client: by one write, one owned write, in pieces, and by a pipe from another process."""

import re
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from load import Figures, load
from places import OWN, PROGRAMS
from servers import Running, Server, running
from settings import Settings
from text import names_of, table, timed

WAYS = ("write", "owned", "pieces", "pipe")

# By way, by figure: one value for each round.
Files = dict[str, dict[str, list[float]]]


class Watch(threading.Thread):
    """The most memory that is the process's own, and not the file's."""

    def __init__(self, pid: int) -> None:
        super().__init__()
        self.status = Path(f"/proc/{pid}/status")
        self.most = 0
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.005):
            found = re.search(r"^RssAnon:\s+(\d+) kB", self.status.read_text(), re.MULTILINE)
            if found is not None:
                self.most = max(self.most, int(found[1]) * 1024)


def sent(listening: Running) -> Figures:
    watch = Watch(listening.pid)
    watch.start()
    try:
        figures = load("sink", listening.target, process=listening.pid)
    finally:
        watch.over.set()
        watch.join()
    return {**figures, "own_mib": watch.most / 2**20}


def measure(settings: Settings) -> Files:
    size = 1 << (26 if settings.quick else 30)
    found: Files = {}
    OWN.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=OWN) as file:
        for at in range(size >> 20):
            file.write(bytes((at + step) % 251 for step in range(1 << 10)) * (1 << 10))
        file.flush()
        for _ in range(1 if settings.quick else 3):
            for way in WAYS:
                command = (str(PROGRAMS / "file_server"), "{target}", way, file.name)
                with running(Server(way, {"echo": command})) as listening:
                    figures = sent(listening)
                if figures["bytes"] != size:
                    raise SystemExit(f"bench: {figures['bytes']} of {size} bytes came by {way}")
                for name, value in figures.items():
                    found.setdefault(way, {}).setdefault(name, []).append(value)
    return found


def report(runs: Sequence[Files]) -> str:
    columns = {"GB/s": ("rate", 1e-9), "CPU seconds per GB": ("cpu_s_per_gb", 1), "own memory, MiB": ("own_mib", 1)}

    def row(name: str) -> list[str]:
        return [
            name,
            *(
                timed([value * unit for run in runs for value in run[name][key]], high=key == "rate")
                for key, unit in columns.values()
            ),
        ]

    return table(["by", *columns], map(row, names_of(runs)))
