"""examples/echo_client against servers made of Python's own sockets."""

import os
import selectors
import socket
import threading
from pathlib import Path

import harness
from harness import Program


def client_of(path: Path, server: socket.socket, host: str = "127.0.0.1") -> Program:
    return Program(path, "--host", host, "--port", str(server.getsockname()[1]))


def test_talk(path: Path) -> None:
    """What is typed arrives, what comes back is printed, line by line in both directions."""
    with socket.create_server(("127.0.0.1", 0)) as server, client_of(path, server) as client:
        peer, _ = server.accept()
        with peer:
            for number in range(3):
                line = f"line {number}\n".encode()
                client.type(line)
                assert harness.receive(peer, len(line)) == line
                peer.sendall(line.upper())
                assert client.line() == f"LINE {number}"


def test_half_close(path: Path) -> None:
    """The end of the input is our end only: the server's answer after it is still printed."""
    with socket.create_server(("127.0.0.1", 0)) as server, client_of(path, server) as client:
        client.type(b"question")
        assert client.process.stdin is not None
        client.process.stdin.close()
        client.process.stdin = None
        peer, _ = server.accept()
        with peer:
            assert harness.receive_to_end(peer) == b"question"
            peer.sendall(b"answer")
        assert client.finish() == (0, "answer", "")


def test_large_input(path: Path) -> None:
    """More than all buffers hold goes through whole, while the server reads and answers at its own pace."""
    sent = harness.pattern(1 << 20) * 12

    def echo(server: socket.socket) -> None:
        peer, _ = server.accept()
        with peer:
            while piece := peer.recv(65536):
                peer.sendall(piece)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=echo, args=(server,), daemon=True)
        thread.start()
        with client_of(path, server) as client:
            out, errors = client.process.communicate(sent)
            assert client.process.returncode == 0, errors
            assert out == sent
        thread.join()


def test_slow_server(path: Path) -> None:
    """While the server reads nothing the client stops taking input, instead of keeping it in memory."""
    with socket.create_server(("127.0.0.1", 0)) as server, client_of(path, server) as client:
        peer, _ = server.accept()
        assert client.process.stdin is not None
        pipe = client.process.stdin.fileno()
        os.set_blocking(pipe, False)
        ready = selectors.DefaultSelector()
        ready.register(pipe, selectors.EVENT_WRITE)
        done, most = 0, 64 << 20
        while done < most and ready.select(0.3):
            done += os.write(pipe, bytes(65536))
        assert done < most, "the client took everything"
        client.process.stdin.close()
        client.process.stdin = None
        with peer:
            assert len(harness.receive(peer, done)) == done


def test_server_ends(path: Path) -> None:
    """The server's end ends the client although more could be typed."""
    with socket.create_server(("127.0.0.1", 0)) as server, client_of(path, server) as client:
        peer, _ = server.accept()
        peer.sendall(b"closing time\n")
        peer.close()
        assert client.line() == "closing time"
        assert client.process.wait() == 0


def test_host_name(path: Path) -> None:
    """`localhost` is looked up, and the addresses at which nobody listens are passed over."""
    with socket.create_server(("127.0.0.1", 0)) as server, client_of(path, server, "localhost") as client:
        peer, _ = server.accept()
        with peer:
            peer.sendall(b"found\n")
            assert client.line() == "found"


def test_path(path: Path) -> None:
    with harness.directory() as directory, socket.socket(socket.AF_UNIX) as server:
        name = str(directory / "server")
        server.bind(name)
        server.listen()
        with Program(path, "--path", name) as client:
            client.type(b"over a file")
            peer, _ = server.accept()
            with peer:
                assert harness.receive(peer, 11) == b"over a file"


def test_refused(path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound but not listening: connects are refused
        port = nobody.getsockname()[1]
        status, out, errors = harness.run(path, "--host", "127.0.0.1", "--port", str(port))
    assert (status, out) == (1, "")
    assert errors == f"connect ECONNREFUSED 127.0.0.1:{port}\n", errors


def test_missing_path(path: Path) -> None:
    with harness.directory() as directory:
        name = str(directory / "missing")
        status, out, errors = harness.run(path, "--path", name)
    assert (status, out) == (1, "")
    assert errors == f"connect ENOENT {name}\n", errors


def test_reset(path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, client_of(path, server) as client:
        peer, _ = server.accept()
        client.type(b"x")
        assert harness.receive(peer, 1) == b"x"
        harness.reset(peer)
        assert client.finish() == (1, "", "read ECONNRESET\n")


harness.main(globals())
