"""examples/echo_server, driven from Python's own sockets."""

import selectors
import signal
import socket
from pathlib import Path

import harness
from harness import Program


def test_echo(path: Path) -> None:
    with Program(path, "--host", "127.0.0.1") as server:
        address = server.listening()
        assert address.startswith("127.0.0.1:"), address
        with harness.connect(int(address.rpartition(":")[2])) as peer:
            peer.sendall(b"hello\0world\n")
            assert harness.receive(peer, 12) == b"hello\0world\n"
        assert server.stop().startswith("1 connections: ")


def test_any_address(path: Path) -> None:
    """Without a host the server listens on both families, and says so in brackets."""
    with Program(path) as server:
        address = server.listening()
        assert address.startswith("[::]:"), address
        port = int(address.rpartition(":")[2])
        for host in ("127.0.0.1", "::1"):
            with socket.create_connection((host, port)) as peer:
                peer.sendall(host.encode())
                assert harness.receive(peer, len(host)) == host.encode()


def test_path(path: Path) -> None:
    with harness.directory() as directory:
        name = str(directory / "echo")
        with Program(path, "--path", name) as server:
            assert server.listening() == name
            with harness.connect_path(name) as peer:
                peer.sendall(b"over a file")
                assert harness.receive(peer, 11) == b"over a file"
            server.stop()
        assert not Path(name).exists(), "the socket file is left behind"


def test_chosen_port(path: Path) -> None:
    """A port that is told is the port that is used."""
    with socket.socket() as finder:
        finder.bind(("127.0.0.1", 0))
        port = finder.getsockname()[1]
    with Program(path, "--host", "127.0.0.1", "--port", str(port)) as server:
        assert server.listening() == f"127.0.0.1:{port}"


def test_half_close(path: Path) -> None:
    """Everything comes back before the server's end, however late the client's end came."""
    sent = harness.pattern(300_000)
    with Program(path, "--host", "127.0.0.1") as server, harness.connect(server.port()) as peer:
        peer.sendall(sent)
        peer.shutdown(socket.SHUT_WR)
        assert harness.receive_to_end(peer) == sent
        assert server.stop() == "1 connections: 1 ended, 0 failed, 0 still open\n"


def test_slow_reader(path: Path) -> None:
    """A client that does not read is not read from either, and nothing is lost once it reads."""
    total = 48 << 20
    sent = memoryview(harness.pattern(1 << 20) * (total >> 20))
    with Program(path, "--host", "127.0.0.1") as server, harness.connect(server.port()) as peer:
        peer.sendall(b"x")
        assert harness.receive(peer, 1) == b"x"
        before = server.peak_memory()
        peer.setblocking(False)
        ready = selectors.DefaultSelector()
        ready.register(peer, selectors.EVENT_WRITE)
        done = 0
        while done < total and ready.select(0.3):
            done += peer.send(sent[done : done + (1 << 20)])
        assert done < total, "the server took everything from a client that read nothing"
        assert server.peak_memory() - before < 8 << 20, "the server keeps in memory what the client does not read"

        ready.modify(peer, selectors.EVENT_READ | selectors.EVENT_WRITE)
        back = 0
        while back < total:
            for _, events in ready.select():
                if events & selectors.EVENT_READ:
                    piece = peer.recv(1 << 20)
                    assert piece, f"the end came after {back} bytes"
                    assert piece == sent[back : back + len(piece)], f"wrong bytes after {back}"
                    back += len(piece)
                if events & selectors.EVENT_WRITE and done < total:
                    done += peer.send(sent[done : done + (1 << 20)])
                    if done == total:
                        ready.modify(peer, selectors.EVENT_READ)


def test_many_clients(path: Path) -> None:
    with Program(path, "--host", "127.0.0.1") as server:
        port = server.port()
        peers = [harness.connect(port) for _ in range(300)]
        for number, peer in enumerate(peers):
            peer.sendall(f"I am {number:4}".encode())
        for number, peer in enumerate(peers):
            assert harness.receive(peer, 9) == f"I am {number:4}".encode()
        for peer in peers:
            peer.shutdown(socket.SHUT_WR)
            assert harness.receive_to_end(peer) == b""
            peer.close()
        assert server.stop() == "300 connections: 300 ended, 0 failed, 0 still open\n"


def test_reset(path: Path) -> None:
    """A client that vanishes is counted, and the next one is served."""
    with Program(path, "--host", "127.0.0.1") as server:
        port = server.port()
        peer = harness.connect(port)
        peer.sendall(b"x")
        assert harness.receive(peer, 1) == b"x"
        harness.reset(peer)
        with harness.connect(port) as peer:
            peer.sendall(b"still there?")
            peer.shutdown(socket.SHUT_WR)
            assert harness.receive_to_end(peer) == b"still there?"
        assert server.stop() == "2 connections: 1 ended, 1 failed, 0 still open\n"


def test_stop(path: Path) -> None:
    """SIGINT and SIGTERM end it cleanly, with a client connected too."""
    for number in (signal.SIGINT, signal.SIGTERM):
        with Program(path, "--host", "127.0.0.1") as server, harness.connect(server.port()) as peer:
            peer.sendall(b"x")
            assert harness.receive(peer, 1) == b"x"
            assert server.stop(number) == "1 connections: 0 ended, 0 failed, 1 still open\n"
            assert peer.recv(1) == b""


def test_taken(path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        status, _, errors = harness.run(path, "--host", "127.0.0.1", "--port", str(port))
        assert status == 1
        assert errors == f"listen EADDRINUSE: address already in use 127.0.0.1:{port}\n", errors


def test_usage(path: Path) -> None:
    for arguments in (["--port", "65536"], ["--port", "x"], ["--port", "-1"], ["--port"], ["--colour", "red"]):
        status, _, errors = harness.run(path, *arguments)
        assert status == 2, arguments
        assert errors.startswith("usage: "), arguments


harness.main(globals())
