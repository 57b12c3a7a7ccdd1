"""examples/embed_epoll: many sockets at once, and writes from outside a turn."""

import os
import resource
import signal
import socket
from pathlib import Path

import harness
from harness import Program

SOCKETS = 5000


def test_many_ready_at_once(path: Path) -> None:
    """5,000 sockets have something to read before the program looks: each is served, round after round."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = SOCKETS + 100
    assert hard == resource.RLIM_INFINITY or hard >= wanted, f"this test needs {wanted} file descriptors, not {hard}"
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))  # the program inherits it
    with Program(path) as server:
        port = server.port()
        peers = [harness.connect(port) for _ in range(SOCKETS)]
        for letter in "ab":
            os.kill(server.process.pid, signal.SIGSTOP)
            os.waitid(os.P_PID, server.process.pid, os.WSTOPPED | os.WNOWAIT)
            for number, peer in enumerate(peers):
                peer.sendall(f"{letter}{number:05}".encode())
            os.kill(server.process.pid, signal.SIGCONT)
            for number, peer in enumerate(peers):
                assert harness.receive(peer, 6) == f"{letter}{number:05}".encode()
        for peer in peers:
            peer.close()


def await_delivery(server: Program, total: int) -> None:
    """Reads what the program prints about completed writes until all are complete."""
    delivered = 0
    while delivered < total:
        line = server.line()
        assert line.endswith(" bytes delivered"), line
        assert delivered < int(line.split()[0]) <= total, line
        delivered = int(line.split()[0])


def test_outside_write(path: Path) -> None:
    """A line typed into the program reaches all clients and completes although no client sends anything."""
    with Program(path) as server:
        port = server.port()
        peers = [harness.connect(port) for _ in range(3)]
        for peer in peers:  # an echo proves that the program knows the client
            peer.sendall(b"?")
            assert harness.receive(peer, 1) == b"?"
        for number in range(1, 4):
            server.type(f"news {number}\n".encode())
            for peer in peers:
                assert harness.receive(peer, 7) == f"news {number}\n".encode()
            await_delivery(server, 7 * 3 * number)


def test_wake_hook(path: Path) -> None:
    """What is written from outside completes without a turn: the hook has the deferred work run at once."""
    with Program(path) as server, harness.connect(server.port()) as peer:
        peer.sendall(b"?")
        assert harness.receive(peer, 1) == b"?"
        for number in range(1, 101):
            server.type(b"x")
            assert harness.receive(peer, 1) == b"x"
            await_delivery(server, number)
        status, out, errors = server.finish()
        assert (status, errors) == (0, ""), errors
        assert int(out.split()[0]) < 50, f"a turn for each write: {out}"


def test_large_outside_write(path: Path) -> None:
    """What the kernel does not take at once goes out, in order, when the client reads; then it completes."""
    with Program(path) as server, harness.connect(server.port()) as peer:
        peer.sendall(b"?")
        assert harness.receive(peer, 1) == b"?"
        sent = harness.pattern(16 << 20)
        server.type(sent)
        assert harness.receive(peer, len(sent)) == sent
        await_delivery(server, len(sent))


def test_slow_reader(path: Path) -> None:
    """Backpressure works inside another loop too."""
    sent = harness.pattern(1 << 20) * 8
    with Program(path) as server, harness.connect(server.port()) as peer:
        peer.setblocking(False)
        done = 0
        back = bytearray()
        while done < len(sent):
            try:
                done += peer.send(sent[done:])
            except BlockingIOError:
                peer.setblocking(True)
                back += peer.recv(1 << 16)
                peer.setblocking(False)
        peer.setblocking(True)
        peer.shutdown(socket.SHUT_WR)
        back += harness.receive_to_end(peer)
        assert back == sent


def test_end_of_input(path: Path) -> None:
    with Program(path) as server, harness.connect(server.port()) as peer:
        peer.sendall(b"x")
        assert harness.receive(peer, 1) == b"x"
        status, out, errors = server.finish()
        assert (status, errors) == (0, ""), errors
        assert out.endswith(" turns\n"), out
        assert peer.recv(1) == b""


harness.main(globals())
