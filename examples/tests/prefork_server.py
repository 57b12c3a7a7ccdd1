"""examples/prefork_server: several processes on one port, in each of the three ways, and their end."""

import os
import signal
import socket
from pathlib import Path

import harness
from harness import Program


def talk(peer: socket.socket) -> None:
    peer.sendall(b"hello")
    assert harness.receive(peer, 5) == b"hello"


def started(server: Program, workers: int) -> tuple[int, list[int]]:
    """The port, and the processes, when all are ready."""
    port = server.port()
    pids = []
    for number in range(1, workers + 1):
        words = server.line().split()
        assert words[:3] == ["worker", str(number), "is"], words
        pids.append(int(words[3]))
    assert server.line() == "ready"
    return port, pids


def served(out: str) -> dict[int, int]:
    words = [line.split() for line in out.splitlines()]
    return {int(word[1]): int(word[3]) for word in words if word[2] == "served"}


def serve(path: Path, share: str) -> list[int]:
    with Program(path, "--host", "127.0.0.1", "--workers", "3", "--share", share) as server:
        port, pids = started(server, 3)
        peers = [harness.connect(port) for _ in range(30)]
        for peer in peers:
            talk(peer)
        for peer in peers:
            peer.close()
        counts = served(server.stop())
        assert not any(Path(f"/proc/{pid}").exists() for pid in pids), "a worker has outlived its parent"
        assert sorted(counts) == [1, 2, 3], counts
        return list(counts.values())


def test_hand_over(path: Path) -> None:
    assert serve(path, "hand-over") == [10, 10, 10]


def test_bound(path: Path) -> None:
    assert sum(serve(path, "bound")) == 30


def test_reuse_port(path: Path) -> None:
    counts = serve(path, "reuse-port")
    assert sum(counts) == 30 and max(counts) < 30, counts


def replaced(path: Path, share: str) -> None:
    """A worker is killed: its clients are gone, the others' stay, and another one takes its place."""
    with Program(path, "--host", "127.0.0.1", "--workers", "1", "--share", share) as server:
        port, (pid,) = started(server, 1)
        with harness.connect(port) as peer:
            talk(peer)
            os.kill(pid, signal.SIGKILL)
            assert harness.receive_to_end(peer) == b""
        assert server.line() == "worker 1 has ended"
        words = server.line().split()
        assert words[:3] == ["worker", "1", "is"] and int(words[3]) != pid
        while True:
            # Until the new one listens, nobody does where the parent does not.
            try:
                peer = harness.connect(port)
                break
            except ConnectionRefusedError:
                os.sched_yield()
        with peer:
            talk(peer)
        assert served(server.stop()) == {1: 1}


def test_replaced_hand_over(path: Path) -> None:
    replaced(path, "hand-over")


def test_replaced_bound(path: Path) -> None:
    replaced(path, "bound")


def test_replaced_reuse_port(path: Path) -> None:
    replaced(path, "reuse-port")


def test_the_end_of_the_parent(path: Path) -> None:
    """Killed, it can tell nobody; the workers end all the same."""
    with Program(path, "--host", "127.0.0.1", "--workers", "2") as server:
        port, pids = started(server, 2)
        with harness.connect(port) as peer:
            talk(peer)
            server.process.kill()
            # It is served to its end.
            talk(peer)
        server.process.wait()
        for pid in pids:
            while alive(pid):
                os.sched_yield()


def alive(pid: int) -> bool:
    """Whoever inherits it may be slow to ask how it ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_bulk(path: Path) -> None:
    with Program(path, "--workers", "2") as server:
        port, _ = started(server, 2)
        with harness.connect(port) as peer:
            sent = harness.pattern(1 << 20)
            got = b""
            for at in range(0, len(sent), 1 << 16):
                peer.sendall(sent[at : at + (1 << 16)])
                got += harness.receive(peer, 1 << 16)
            assert got == sent
        server.stop()


def test_taken_port(path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with Program(path, "--host", "127.0.0.1", "--port", str(other.getsockname()[1])) as server:
            status, out, err = server.finish()
            assert (status, out) == (1, "") and "EADDRINUSE" in err, (status, out, err)


def test_usage(path: Path) -> None:
    for arguments in (["--workers", "x"], ["--port"], ["--workers", "0"], ["--share", "all"], ["--what", "1"]):
        with Program(path, *arguments) as server:
            status, out, err = server.finish()
            assert (status, out) == (2, "") and err.startswith("usage: "), (status, out, err)


harness.main(globals())
