"""The programs of README.md, driven from Python's own sockets."""

import socket
from pathlib import Path

import harness
from harness import Program


def test_echo(path: Path) -> None:
    with Program(path, "0") as server:
        port = int(server.line().removeprefix("listening on port "))
        sent = harness.pattern(100_000)
        with harness.connect(port) as peer:
            peer.sendall(b"hello")
            assert harness.receive(peer, 5) == b"hello"
            peer.sendall(sent)
            peer.shutdown(socket.SHUT_WR)
            assert harness.receive_to_end(peer) == sent


harness.main(globals())
