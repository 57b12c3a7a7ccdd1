"""guest_list: who is let in, and who is no more."""

from __future__ import annotations

import socket
from pathlib import Path

import harness
from harness import Program


def answer(port: int, text: bytes, source: str) -> bytes:
    """What the server says to a guest from `source`; nothing if it shuts him out."""
    with socket.create_connection(("127.0.0.1", port), source_address=(source, 0)) as guest:
        try:
            guest.sendall(text)
            return guest.recv(100)
        except OSError:
            return b""


def test_networks_on_the_command_line(path: Path) -> None:
    with Program(path, "127.0.0.8/30", "fe80::/10") as server:
        port = server.port()
        assert answer(port, b"hello\n", "127.0.0.1") == b"hello\n"
        assert answer(port, b"hello\n", "127.0.0.7") == b"hello\n"
        assert answer(port, b"hello\n", "127.0.0.9") == b""
        assert answer(port, b"hello\n", "127.0.0.12") == b"hello\n"
        assert server.stop() == ""


def test_who_misbehaves(path: Path) -> None:
    with Program(path) as server:
        port = server.port()
        assert answer(port, b"hello\n", "127.0.0.2") == b"hello\n"
        assert answer(port, b"give me everything\n", "127.0.0.2") == b""
        assert server.line() == "shut out 127.0.0.2"
        assert answer(port, b"hello\n", "127.0.0.2") == b""
        assert answer(port, b"hello\n", "127.0.0.3") == b"hello\n"
        assert server.stop() == ""


def test_usage(path: Path) -> None:
    for arguments in (["10.0.0.0"], ["10.0.0.0/33"], ["--port", "65536"], ["x/8"]):
        status, out, err = harness.run(path, *arguments)
        assert (status, out) == (2, "")
        assert err.startswith("usage: ")


harness.main(globals())
