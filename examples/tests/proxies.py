"""What a program that passes connections on has to do, whatever it is written in. Its options are HOST and PORT."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import harness
from harness import Program


@contextlib.contextmanager
def target() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def proxying(path: Path, server: socket.socket, *options: str) -> Program:
    return Program(path, *options, "127.0.0.1", str(server.getsockname()[1]))


def test_both_ways(path: Path) -> None:
    with target() as server, proxying(path, server) as program, harness.connect(program.port()) as client:
        client.sendall(b"there")
        peer, _ = server.accept()
        with peer:
            assert harness.receive(peer, 5) == b"there"
            peer.sendall(b"and back")
            assert harness.receive(client, 8) == b"and back"
        program.stop()


def test_ends_pass_one_by_one(path: Path) -> None:
    with target() as server, proxying(path, server) as program, harness.connect(program.port()) as client:
        client.sendall(b"question")
        client.shutdown(socket.SHUT_WR)
        peer, _ = server.accept()
        with peer:
            assert harness.receive_to_end(peer) == b"question"
            peer.sendall(b"answer")
        assert harness.receive_to_end(client) == b"answer"
        program.stop()


def test_bulk_with_a_slow_reader(path: Path) -> None:
    sent = harness.pattern(8 << 20)
    with target() as server, proxying(path, server) as program, harness.connect(program.port()) as client:

        def send() -> None:
            client.sendall(sent)
            client.shutdown(socket.SHUT_WR)

        writer = threading.Thread(target=send)
        writer.start()
        peer, _ = server.accept()
        with peer:
            assert harness.receive_to_end(peer) == sent
        writer.join()
        program.stop()


def test_a_target_that_is_not_there(path: Path) -> None:
    with target() as server:
        program = proxying(path, server)
    with program, harness.connect(program.port()) as client:
        assert client.recv(1) == b""
        program.stop()


def test_a_reset_passes(path: Path) -> None:
    with target() as server, proxying(path, server) as program:
        client = harness.connect(program.port())
        client.sendall(b"x")
        peer, _ = server.accept()
        with peer:
            assert harness.receive(peer, 1) == b"x"
            harness.reset(client)
            with contextlib.suppress(ConnectionResetError):
                assert peer.recv(1) == b""
        program.stop()


def test_stopped_with_open_connections(path: Path) -> None:
    with target() as server, proxying(path, server) as program, harness.connect(program.port()) as client:
        client.sendall(b"x")
        peer, _ = server.accept()
        with peer:
            assert harness.receive(peer, 1) == b"x"
            program.stop()
            assert peer.recv(1) == b""


if __name__ == "__main__":
    harness.main(globals())
