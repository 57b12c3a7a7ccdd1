"""examples/systemd_activation serves the sockets that it inherits, as systemd hands them over."""

import fcntl
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import harness
from harness import Program

# What systemd does between fork and exec.
LAUNCHER = """
import os, sys
program, pid, *fds = sys.argv[1:]
for place, fd in enumerate(fds, start=3):
    os.dup2(int(fd), place)
os.environ["LISTEN_FDS"] = str(len(fds))
os.environ["LISTEN_PID"] = pid if pid != "own" else str(os.getpid())
os.execv(program, [program])
"""


class Activated(Program):
    """The program with these descriptors from 3 on, for a process of this id."""

    def __init__(self, path: Path, *fds: int, pid: str = "own") -> None:
        # Out of the way of the places they are meant for.
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 100) for fd in fds]
        self.process = subprocess.Popen(
            [sys.executable, "-c", LAUNCHER, path, pid, *map(str, high)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=high,
        )
        for fd in high:
            os.close(fd)


def echo(peer: socket.socket) -> None:
    with peer:
        peer.sendall(b"hello")
        assert harness.receive(peer, 5) == b"hello"


def test_port_and_path(path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket() as tcp, socket.socket(socket.AF_UNIX) as local:
        name = os.path.join(folder, "echo.sock")
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        local.bind(name)
        local.listen()
        port = tcp.getsockname()[1]
        # systemd starts the service when this comes: it waits in the queue of the socket.
        first = harness.connect(port)
        with Activated(path, tcp.fileno(), local.fileno()) as server:
            assert [server.line(), server.line()] == [f"listening on 127.0.0.1:{port}", f"listening on {name}"]
            echo(first)
            echo(harness.connect(port))
            echo(harness.connect_path(name))
            server.stop()
        # The socket is systemd's, and serves the next start.
        assert os.path.exists(name)
        second = harness.connect(port)
        with Activated(path, tcp.fileno()) as server:
            assert server.port() == port
            echo(second)
            server.stop()


def test_what_is_no_socket(path: Path) -> None:
    with open(os.devnull) as file, Activated(path, file.fileno()) as server:
        status, out, err = server.finish()
        assert (status, out, err) == (0, "", "descriptor 3: listen EINVAL: invalid argument\n")


def test_of_another_process(path: Path) -> None:
    with socket.socket() as tcp:
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        with Activated(path, tcp.fileno(), pid="1") as server:
            assert server.finish()[0] == 1


def test_without_sockets(path: Path) -> None:
    status, out, err = harness.run(path)
    assert (status, out) == (1, "")
    assert err.startswith("no sockets")


harness.main(globals())
