"""examples/multi_core_server: connections spread over loops, and its end."""

import socket
import threading
from pathlib import Path

import harness
from harness import Program


def served(out: str) -> list[int]:
    return [int(line.split()[-1]) for line in out.splitlines() if line.startswith("loop ")]


def talk(peer: socket.socket) -> None:
    peer.sendall(b"hello")
    assert harness.receive(peer, 5) == b"hello"


def serve(path: Path, share: str) -> list[int]:
    with Program(path, "--host", "127.0.0.1", "--loops", "3", "--share", share) as server:
        port = server.port()
        assert server.line() == "ready"
        peers = [harness.connect(port) for _ in range(30)]
        for peer in peers:
            talk(peer)
        for peer in peers:
            peer.close()
        return served(server.stop())


def test_hand_over(path: Path) -> None:
    assert serve(path, "hand-over") == [10, 10, 10]


def test_reuse_port(path: Path) -> None:
    counts = serve(path, "reuse-port")
    assert len(counts) == 3 and sum(counts) == 30, counts
    assert max(counts) < 30, "the system gave all of them to one loop"


def test_path(path: Path) -> None:
    with harness.directory() as directory:
        name = str(directory / "cores")
        with Program(path, "--path", name, "--loops", "2") as server:
            assert server.listening() == name
            assert server.line() == "ready"
            for _ in range(4):
                with harness.connect_path(name) as peer:
                    talk(peer)
            assert served(server.stop()) == [2, 2]
        assert not Path(name).exists(), "the socket file is left behind"


def test_many_at_a_time(path: Path) -> None:
    """Clients of several threads at once, as many loops as there are cores."""
    with Program(path) as server:
        port = server.port()
        assert server.line() == "ready"

        def client() -> None:
            for _ in range(50):
                with harness.connect(port) as peer:
                    talk(peer)

        clients = [threading.Thread(target=client) for _ in range(4)]
        for one in clients:
            one.start()
        for one in clients:
            one.join()
        assert sum(served(server.stop())) == 200


def test_graceful_end(path: Path) -> None:
    """Who is connected is served to his end, but nobody else is let in."""
    with Program(path, "--host", "127.0.0.1", "--loops", "2") as server:
        port = server.port()
        assert server.line() == "ready"
        with harness.connect(port) as peer:
            talk(peer)
            server.process.terminate()
            while True:
                with socket.socket() as other:
                    if other.connect_ex(("127.0.0.1", port)) != 0:
                        break
            talk(peer)
        status, out, err = server.finish()
        assert (status, err) == (0, "")
        assert "did not end in time" not in out


def test_taken_port(path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with Program(path, "--host", "127.0.0.1", "--port", str(other.getsockname()[1])) as server:
            assert server.finish() == (1, "", "cannot listen: address already in use\n")


def test_usage(path: Path) -> None:
    for arguments in (["--loops", "x"], ["--port"], ["--loops", "999"], ["--what", "1"]):
        with Program(path, *arguments) as server:
            status, out, err = server.finish()
            assert (status, out) == (2, "") and err.startswith("usage: "), (status, out, err)


harness.main(globals())
