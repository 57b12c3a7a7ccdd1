"""Handles to and from other processes."""

from __future__ import annotations

import os
import socket as pysocket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import nodenet
from conftest import Run, collect, open_fds, port_of


def channel() -> tuple[nodenet.Socket, nodenet.Socket]:
    """Two sockets with handles that are connected to each other."""
    near, fd = nodenet.Socket.pair()
    far = nodenet.Socket(fd=fd, ipc=True)
    near.on("data", lambda _: None)
    far.on("data", lambda _: None)
    return near, far


def test_a_connection_goes_over(loop: nodenet.Loop, run: Run) -> None:
    near, far = channel()
    seen: list[object] = []

    def take(kind: str) -> None:
        seen.append(kind)
        taken = far.take_socket()
        taken.on("data", lambda data: taken.end(b"over there: " + data))
        with pytest.raises(nodenet.Error) as caught:
            far.take_socket()
        assert caught.value.code == "ENOENT"
        far.end()

    def give(socket: nodenet.Socket) -> None:
        socket.on("close", lambda had_error: seen.append(had_error))
        assert near.send(b"x", socket, callback=seen.append)
        assert socket.destroyed
        server.close()

    far.on("handle", take)
    server = nodenet.create_server(give, pause_on_connect=True)
    server.listen(0)
    client = nodenet.connect(port_of(server))
    client.write(b"hello")
    got: list[bytes] = []
    client.on("data", got.append)
    run()
    assert b"".join(got) == b"over there: hello"
    assert seen == [None, False, "tcp_socket"]


def test_a_connection_in_both(loop: nodenet.Loop, run: Run) -> None:
    near, far = channel()
    shared, fd = nodenet.Socket.pair(ipc=False)
    taken: list[nodenet.Socket] = []

    @far.on("handle")
    def take(kind: str) -> None:
        assert kind == "local_socket"
        taken.append(far.take_socket())
        shared.destroy()
        taken[0].end(b"still")
        far.end()

    near.send(b"x", shared, keep_open=True)
    assert not shared.destroyed
    with pysocket.socket(fileno=fd) as peer:
        peer.shutdown(pysocket.SHUT_WR)
        run()
        assert peer.recv(10) == b"still"


def test_a_server_is_shared(loop: nodenet.Loop, run: Run) -> None:
    near, far = channel()
    server = nodenet.create_server()
    server.listen(0)
    port = port_of(server)
    heard: list[str] = []

    @far.on("handle")
    def take(kind: str) -> None:
        heard.append(kind)
        with pytest.raises(nodenet.Error) as caught:
            far.take_socket()
        assert caught.value.code == "ERR_INVALID_HANDLE_TYPE"
        taken = far.take_server()
        assert isinstance(taken, nodenet.Server)
        assert port_of(taken) == port
        taken.on("listening", lambda: heard.append("listening"))

        def serve(socket: nodenet.Socket) -> None:
            heard.append("connection")
            socket.destroy()
            taken.close()

        taken.on("connection", serve)
        server.close()
        nodenet.connect(port).on("data", lambda _: None)
        far.end()

    assert near.send(b"x", server)
    run()
    assert heard == ["tcp_server", "listening", "connection"]


def test_a_bound_socket_and_a_descriptor(loop: nodenet.Loop, run: Run) -> None:
    near, far = channel()
    bound = nodenet.BoundSocket(host="127.0.0.1")
    came: list[object] = []

    @far.on("handle")
    def take(kind: str) -> None:
        if kind == "tcp_socket":
            came.append(far.take_bound_socket().address())
        else:
            fd = far.take_fd()
            came.append(os.read(fd, 10))
            os.close(fd)
            far.end()

    reading, writing = os.pipe()
    os.write(writing, b"pipe")
    near.send(b"a", bound)
    near.send(b"b", reading)
    os.close(reading)
    os.close(writing)
    run()
    assert came == [bound.address(), b"pipe"]


def test_what_nobody_takes_is_closed(loop: nodenet.Loop, run: Run) -> None:
    collect()
    before = open_fds()
    near, far = channel()
    kinds: list[str] = []
    far.on("handle", kinds.append)
    near.send(b"x", 0)
    near.end()
    far.on("end", far.end)
    run()
    assert kinds in (["other"], ["local_socket"], ["tcp_socket"])
    assert open_fds() == before


def test_an_accepted_socket_takes_handles(loop: nodenet.Loop, run: Run, sock_path: str) -> None:
    kinds: list[str] = []

    def accept(socket: nodenet.Socket) -> None:
        socket.on("handle", kinds.append)
        socket.on("data", lambda _: socket.end())
        server.close()

    server = nodenet.create_server(accept, ipc=True)
    server.listen(path=sock_path)
    client = nodenet.connect(path=sock_path, ipc=True)
    client.on("data", lambda _: None)
    client.on("connect", lambda: client.send(b"x", nodenet.BoundSocket(host="127.0.0.1")))
    run()
    assert kinds == ["tcp_socket"]


def test_what_is_refused(loop: nodenet.Loop, run: Run) -> None:
    near, far = channel()
    plain, fd = nodenet.Socket.pair(ipc=False)
    os.close(fd)
    wrong: object = "no handle"
    with pytest.raises(TypeError):
        near.send(b"x", wrong)  # type: ignore[arg-type]
    for socket, data, handle in ((plain, b"x", 0), (near, b"", 0), (near, b"x", -1), (near, b"x", near)):
        with pytest.raises(nodenet.InvalidArgument):
            socket.send(data, handle, callback=lambda error: pytest.fail("a refused call has a completion"))
    with pytest.raises(nodenet.Error) as caught:
        near.send(b"x", nodenet.Socket())
    assert caught.value.code == "ERR_WORKER_HANDLE_NOT_TRANSFERABLE"
    with pytest.raises(nodenet.Error) as caught:
        near.send(b"x", nodenet.create_server())
    assert caught.value.code == "ERR_SERVER_NOT_RUNNING"
    with pytest.raises(nodenet.Error) as caught:
        far.take_fd()
    assert caught.value.code == "ENOENT"
    for each in (near, far, plain):
        each.destroy()
    run()


WORKER = """
    import sys
    import nodenet

    ipc = nodenet.Socket(fd=int(sys.argv[1]), ipc=True)

    @ipc.on("handle")
    def take(kind):
        socket = ipc.take_socket()
        socket.on("data", lambda data: socket.end(data.upper()))

    ipc.on("data", lambda _: None)
    nodenet.run()
"""


def test_another_process_serves(loop: nodenet.Loop, run: Run, tmp_path: Path) -> None:
    program = tmp_path / "worker.py"
    program.write_text(textwrap.dedent(WORKER))
    ipc, fd = nodenet.Socket.pair()
    worker = subprocess.Popen([sys.executable, program, str(fd)], pass_fds=[fd])
    os.close(fd)
    ipc.on("data", lambda _: None)

    def give(socket: nodenet.Socket) -> None:
        ipc.send(b"x", socket)
        ipc.end()
        server.close()

    server = nodenet.create_server(give, pause_on_connect=True)
    server.listen(0)
    client = nodenet.connect(port_of(server))
    client.write(b"hello")
    got: list[bytes] = []
    client.on("data", got.append)
    run()
    assert worker.wait() == 0
    assert got == [b"HELLO"]
