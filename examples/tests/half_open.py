"""examples/half_open answers on the open half of a connection."""

import socket
from pathlib import Path

import harness
from harness import Program


def ask(port: int, text: bytes) -> bytes:
    with harness.connect(port) as peer:
        peer.sendall(text)
        peer.shutdown(socket.SHUT_WR)
        return harness.receive_to_end(peer)


def test_answer_after_end(path: Path) -> None:
    with Program(path) as server:
        assert ask(server.port(), b"one\ntwo\n") == b"2 lines, 8 bytes\n"
        server.stop()


def test_nothing(path: Path) -> None:
    with Program(path) as server:
        assert ask(server.port(), b"") == b"0 lines, 0 bytes\n"


def test_large(path: Path) -> None:
    with Program(path) as server:
        assert ask(server.port(), b"0123456789abcde\n" * 250_000) == b"250000 lines, 4000000 bytes\n"


def test_no_answer_before_end(path: Path) -> None:
    """Two clients: the one that has not ended hears nothing while the other is answered."""
    with Program(path) as server:
        port = server.port()
        with harness.connect(port) as waiting:
            waiting.sendall(b"first\n")
            assert ask(port, b"x") == b"0 lines, 1 bytes\n"
            waiting.setblocking(False)
            try:
                early = waiting.recv(100)
                raise AssertionError(f"answered before the end: {early!r}")
            except BlockingIOError:
                waiting.setblocking(True)
            waiting.sendall(b"second\n")
            waiting.shutdown(socket.SHUT_WR)
            assert harness.receive_to_end(waiting) == b"2 lines, 13 bytes\n"


def test_client_does_not_wait(path: Path) -> None:
    """Answers that nobody takes any more do not disturb the server."""
    with Program(path) as server:
        port = server.port()
        for _ in range(20):
            peer = harness.connect(port)
            peer.sendall(b"x\n")
            peer.shutdown(socket.SHUT_WR)
            server.await_idle()  # it has seen the end, and its timer runs
            harness.reset(peer)
        assert ask(port, b"y\n") == b"1 lines, 2 bytes\n"
        server.stop()


harness.main(globals())
