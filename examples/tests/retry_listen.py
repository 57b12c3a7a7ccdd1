"""examples/retry_listen: the port is taken, then it is free."""

import socket
from pathlib import Path

import harness
from harness import Program

GREETING = b"It was worth the wait.\n"


def test_taken_then_free(path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with Program(path, "--host", "127.0.0.1", "--port", str(port)) as program:
            expected = f"listen EADDRINUSE: address already in use 127.0.0.1:{port}; trying again in a second"
            assert program.line() == expected
            assert program.line() == expected, "it gave up after the first attempt"
            other.close()
            line = program.line()
            while line == expected:
                line = program.line()
            assert line == f"listening on 127.0.0.1:{port}"
            with harness.connect(port) as peer:
                assert harness.receive_to_end(peer) == GREETING
            assert program.stop() == ""


def test_free(path: Path) -> None:
    with socket.socket() as finder:
        finder.bind(("127.0.0.1", 0))
        port = finder.getsockname()[1]
    with Program(path, "--host", "127.0.0.1", "--port", str(port)) as program:
        assert program.listening() == f"127.0.0.1:{port}"
        with harness.connect(port) as peer:
            assert harness.receive_to_end(peer) == GREETING


def test_hopeless(path: Path) -> None:
    """Another error than a taken port is told, and ends the program."""
    status, out, errors = harness.run(path, "--host", "192.0.2.1", "--port", "7")
    assert (status, out) == (1, "")
    assert errors.startswith("listen EADDRNOTAVAIL: address not available 192.0.2.1:7"), errors


def test_stopped_while_waiting(path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        with Program(path, "--host", "127.0.0.1", "--port", port) as program:
            assert "EADDRINUSE" in program.line()
            program.stop()


harness.main(globals())
