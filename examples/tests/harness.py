"""Runs one of the example programs and lets a test talk to it.

A test file holds functions named `test_...`, each a ctest entry of its own: `python3 FILE PROGRAM CASE`.
Nothing here waits for time to pass; what never comes is ended by ctest's TIMEOUT.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType


class Program:
    """A running program; killed at the end of the `with` if the test did not stop it."""

    def __init__(self, path: Path, *arguments: str) -> None:
        interpreter = [sys.executable] if path.suffix == ".py" else []
        self.process = subprocess.Popen(
            [*interpreter, path, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def __enter__(self) -> Program:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        out, err = self.process.communicate()
        if kind is not None:
            print(f"rest of the program's output: {out!r}\nits errors: {err!r}", file=sys.stderr)

    def line(self) -> str:
        """The next line that the program prints."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.endswith(b"\n"), f"the program ended instead of printing a line: {line!r}"
        return line.decode().rstrip("\n")

    def listening(self) -> str:
        """The address in the line `listening on ADDRESS`."""
        line = self.line()
        assert line.startswith("listening on "), line
        return line.removeprefix("listening on ")

    def port(self) -> int:
        """The port in the line `listening on HOST:PORT`."""
        port = int(self.listening().rpartition(":")[2])
        assert 0 < port < 65536
        return port

    def type(self, text: bytes) -> None:
        """Writes to the program's standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def finish(self) -> tuple[int, str, str]:
        """Waits for the end; exit status and the rest of both outputs."""
        out, err = self.process.communicate()
        return self.process.returncode, out.decode(), err.decode()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> str:
        """Asks the program to end once it is idle, expects a clean end, and gives the rest of its output."""
        self.await_idle()
        self.process.send_signal(number)
        status, out, err = self.finish()
        assert status == 0, f"exit status {status}: {err}"
        return out

    def await_idle(self) -> None:
        """Waits until the program has done what there was to do and sleeps."""
        while Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[0] != "S":
            os.sched_yield()

    def peak_memory(self) -> int:
        """The largest resident size so far, in bytes."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmHWM")


def run(path: Path, *arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
    """Runs a program to its end."""
    done = subprocess.run([path, *arguments], input=stdin, capture_output=True, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port))


def connect_path(path: str) -> socket.socket:
    peer = socket.socket(socket.AF_UNIX)
    peer.connect(path)
    return peer


def receive(peer: socket.socket, count: int) -> bytes:
    """Exactly so many bytes."""
    got = bytearray()
    while len(got) < count:
        piece = peer.recv(min(count - len(got), 1 << 20))
        assert piece, f"the end came after {len(got)} of {count} bytes"
        got += piece
    return bytes(got)


def receive_to_end(peer: socket.socket) -> bytes:
    got = bytearray()
    while piece := peer.recv(1 << 20):
        got += piece
    return bytes(got)


def reset(peer: socket.socket) -> None:
    """Closes a connection with RST instead of FIN."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    peer.close()


@contextlib.contextmanager
def directory() -> Iterator[Path]:
    """A new directory with a short name, for socket files."""
    with tempfile.TemporaryDirectory(prefix="net-", dir="/tmp") as name:
        yield Path(name)


def pattern(count: int, seed: int = 1) -> bytes:
    """Bytes in which a lost, doubled or exchanged piece shows: a counter of four bytes, over and over."""
    words = (count + 3) // 4
    return b"".join((seed * 0x1000003 + i & 0xFFFFFFFF).to_bytes(4, "big") for i in range(words))[:count]


def main(cases: dict[str, object]) -> None:
    """Runs the case that the command line names: PROGRAM CASE."""
    program, name = Path(sys.argv[1]), sys.argv[2]
    case = cases[f"test_{name}"]
    assert callable(case)
    case(program)
