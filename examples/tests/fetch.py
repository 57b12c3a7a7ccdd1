"""examples/fetch from Python's own sockets."""

import os
import socket
import threading
from pathlib import Path

import harness


def serve(server: socket.socket, sent: bytes) -> None:
    peer, _ = server.accept()
    with peer:
        peer.sendall(sent)


def fetch(program: Path, sent: bytes) -> tuple[tuple[int, str, str], bytes]:
    with socket.create_server(("127.0.0.1", 0)) as server, harness.directory() as folder:
        thread = threading.Thread(target=serve, args=(server, sent))
        thread.start()
        ended = harness.run(program, "127.0.0.1", str(server.getsockname()[1]), str(folder / "file"))
        thread.join()
        return ended, (folder / "file").read_bytes()


def test_all_of_it_is_saved(path: Path) -> None:
    sent = harness.pattern(5 * (1 << 20) + 7)
    assert fetch(path, sent) == ((0, f"{len(sent)} bytes\n", ""), sent)


def test_exactly_what_fits(path: Path) -> None:
    sent = harness.pattern(1 << 20)
    assert fetch(path, sent) == ((0, f"{len(sent)} bytes\n", ""), sent)


def test_nothing(path: Path) -> None:
    assert fetch(path, b"") == ((0, "0 bytes\n", ""), b"")


def test_a_reset_is_an_error(path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, harness.directory() as folder:
        file = folder / "file"
        with harness.Program(path, "127.0.0.1", str(server.getsockname()[1]), str(file)) as program:
            peer, _ = server.accept()
            peer.sendall(b"x")
            while not (file.exists() and file.read_bytes().startswith(b"x")):
                os.sched_yield()
            harness.reset(peer)
            assert program.finish() == (1, "", "read ECONNRESET\n")
        assert file.read_bytes() == b"x"


def test_a_folder_that_is_not_there(path: Path) -> None:
    status, out, err = harness.run(path, "127.0.0.1", "1", "/nonexistent/file")
    assert (status, out) == (1, "")
    assert "No such file" in err


harness.main(globals())
