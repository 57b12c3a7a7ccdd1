"""A server under test, by itself or inside of a tool that counts what it does."""

import os
import re
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

PATIENCE = 120


class Server:
    """Runs until the end of the `with`; `port` is where it listens."""

    def __init__(self, program: Path, inside: Sequence[str] = ()) -> None:
        command = [*inside, str(program), "--port", "0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = re.search(r":(\d+)$", line.strip())
        if found is None:
            self.process.kill()
            raise SystemExit(f"bench: {program} does not listen: {line!r}")
        self.port = int(found[1])

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        # To the server itself, which ends cleanly: a tool that only watches has it as its child.
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for child in [int(child) for child in children] or [pid]:
            os.kill(child, signal.SIGINT)
        self.process.communicate(timeout=PATIENCE)

    def resident(self) -> int:
        """Bytes of it that are in memory."""
        content = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        found = re.search(r"^Rss:\s+(\d+) kB", content, re.MULTILINE)
        assert found is not None
        return int(found[1]) * 1024
