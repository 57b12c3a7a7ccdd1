"""The programs in examples/python, each against a peer that is none of ours."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "python"

pytestmark = pytest.mark.skipif(not EXAMPLES.exists(), reason="the examples are only in the repository")


def command(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-W", "error", str(EXAMPLES / name), *arguments]


@contextlib.contextmanager
def chat_server() -> Iterator[int]:
    """Its port; ended by Ctrl-C, and without a word about it."""
    server = subprocess.Popen(command("chat_server.py", "0"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        first = server.stdout.readline()
        assert first.startswith("listening on port "), first
        yield int(first.split()[-1])
        server.send_signal(signal.SIGINT)
        _, errors = server.communicate(timeout=20)
        assert (server.returncode, errors) == (0, "")
    finally:
        if server.poll() is None:
            server.kill()
            server.communicate()


def join(port: int, name: bytes) -> socket.socket:
    peer = socket.create_connection(("localhost", port), timeout=20)
    assert receive(peer, b"Your name? ")
    peer.sendall(name + b"\n")
    return peer


def receive(peer: socket.socket, expected: bytes) -> bool:
    got = b""
    while len(got) < len(expected):
        chunk = peer.recv(len(expected) - len(got))
        if not chunk:
            break
        got += chunk
    assert got == expected
    return True


def test_chat() -> None:
    with chat_server() as port, join(port, b"ann") as ann:
        with join(port, b"bob") as bob:
            receive(ann, b"bob is here\n")
            bob.sendall(b"hel")
            bob.sendall(b"lo\n")
            receive(ann, b"bob: hello\n")
            ann.sendall(b"hi\n")
            receive(bob, b"ann: hi\n")
        receive(ann, b"bob is gone\n")


def test_ask() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        asked: list[bytes] = []

        def answer() -> None:
            peer, _ = server.accept()
            with peer:
                asked.append(peer.recv(100))
                peer.sendall(b"fine\nmore")

        thread = threading.Thread(target=answer)
        thread.start()
        port = str(server.getsockname()[1])
        result = subprocess.run(
            command("ask.py", port, "how are you?"), capture_output=True, text=True, timeout=60, check=False
        )
        thread.join()
    assert (result.returncode, result.stdout, result.stderr) == (0, "fine\n", "")
    assert asked == [b"how are you?\n"]


def test_ask_nobody(free_port: int) -> None:
    result = subprocess.run(
        command("ask.py", str(free_port), "anybody?"), capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 1
    assert "ECONNREFUSED" in result.stderr
