"""examples/unix_echo on files and on abstract names."""

import os
import socket
from pathlib import Path

import harness
from harness import Program


def echo(name: str) -> None:
    sent = harness.pattern(60_000)
    with harness.connect_path(name) as peer:
        peer.sendall(sent)
        peer.shutdown(socket.SHUT_WR)
        assert harness.receive_to_end(peer) == sent


def test_file(path: Path) -> None:
    with harness.directory() as directory:
        name = directory / "echo"
        with Program(path, str(name)) as server:
            assert server.listening() == str(name)
            assert name.is_socket()
            echo(str(name))
            server.stop()
        assert not name.exists(), "the socket file is left behind"


def test_again(path: Path) -> None:
    """The name is free as soon as the server has ended."""
    with harness.directory() as directory:
        name = str(directory / "echo")
        for _ in range(3):
            with Program(path, name) as server:
                server.listening()
                echo(name)
                server.stop()


def test_abstract(path: Path) -> None:
    name = f"nodenet-test-{os.getpid()}"
    with Program(path, f"@{name}") as server:
        assert server.listening() == f"@{name}"
        echo(f"\0{name}")
        assert not Path(f"@{name}").exists()
        assert not Path(name).exists()
        server.stop()


def test_longest_name(path: Path) -> None:
    """107 bytes fit, and none of them is lost."""
    with harness.directory() as directory:
        name = str(directory / "x").ljust(107, "x")
        with Program(path, name) as server:
            assert server.listening() == name
            echo(name)


def test_too_long(path: Path) -> None:
    with harness.directory() as directory:
        name = str(directory / "x").ljust(120, "x")
        status, out, errors = harness.run(path, name)
        assert (status, out) == (1, "")
        assert "EINVAL" in errors or "ENAMETOOLONG" in errors, errors
        assert list(directory.iterdir()) == [], "a truncated name was taken"


def test_taken(path: Path) -> None:
    with harness.directory() as directory, socket.socket(socket.AF_UNIX) as other:
        name = str(directory / "echo")
        other.bind(name)
        other.listen()
        status, out, errors = harness.run(path, name)
        assert (status, out) == (1, "")
        assert errors == f"listen EADDRINUSE: address already in use {name}\n", errors
        assert Path(name).exists(), "somebody else's socket was removed"


harness.main(globals())
