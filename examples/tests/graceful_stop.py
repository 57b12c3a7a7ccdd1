"""examples/graceful_stop lets its clients go in peace."""

import signal
from pathlib import Path

import harness
from harness import Program

GOODBYE = b"the server stops\n"


def test_clients_that_hang_up(path: Path) -> None:
    with Program(path) as server:
        port = server.port()
        peers = [harness.connect(port) for _ in range(3)]
        for peer in peers:
            peer.sendall(b"hello")
            assert harness.receive(peer, 5) == b"hello"
        server.process.send_signal(signal.SIGTERM)
        assert server.line() == "stopping"
        for peer in peers:
            assert harness.receive_to_end(peer) == GOODBYE
            peer.close()
        assert server.finish() == (0, "closed: 3 of 3 clients hung up\n", "")


def test_what_is_written_arrives(path: Path) -> None:
    """More than the system holds: it is on its way when the stop comes."""
    with Program(path) as server, harness.connect(server.port()) as peer:
        text = b"x" * 300_000
        peer.sendall(text)
        assert harness.receive(peer, 1) == b"x"
        server.await_idle()
        server.process.send_signal(signal.SIGTERM)
        assert server.line() == "stopping"
        assert harness.receive_to_end(peer) == text[1:] + GOODBYE
        peer.close()
        assert server.finish() == (0, "closed: 1 of 1 clients hung up\n", "")


def test_clients_that_stay(path: Path) -> None:
    with Program(path, "--grace", "1") as server, harness.connect(server.port()) as peer:
        peer.sendall(b"hello")
        assert harness.receive(peer, 5) == b"hello"
        server.process.send_signal(signal.SIGTERM)
        assert server.finish() == (0, "stopping\nclosed: 0 of 1 clients hung up\n", "")


def test_a_second_signal(path: Path) -> None:
    with Program(path, "--grace", "1000000") as server, harness.connect(server.port()) as peer:
        peer.sendall(b"hello")
        assert harness.receive(peer, 5) == b"hello"
        server.process.send_signal(signal.SIGTERM)
        assert server.line() == "stopping"
        assert server.stop() == ""


harness.main(globals())
