"""Bound sockets, what can be listened on, and what a server does with all its sockets."""

from __future__ import annotations

import gc
import os
import socket as sockets
from pathlib import Path

import pytest

import nodenet
from conftest import Run, port_of


def refused(call: object) -> str:
    assert callable(call)
    with pytest.raises(nodenet.Misuse) as caught:
        call()
    return caught.value.code


def test_address_and_close() -> None:
    bound = nodenet.BoundSocket(host="127.0.0.1")
    address = bound.address()
    assert isinstance(address, nodenet.Address)
    assert (address.address, address.family, address.port > 0) == ("127.0.0.1", "IPv4", True)
    assert not bound.is_pipe
    assert bound.fd() > 2
    assert repr(bound) == f"<nodenet.BoundSocket {address!r}>"
    bound.close()
    assert [refused(use) for use in (bound.address, bound.fd, bound.close)] == ["ERR_SOCKET_HANDLE_ADOPTED"] * 3
    assert repr(bound) == "<nodenet.BoundSocket adopted or closed>"
    assert nodenet.BoundSocket(ipv6_only=True, reuse_port=True).address() is not None


def test_path(tmp_path: Path) -> None:
    path = tmp_path / "bound"
    with nodenet.BoundSocket(path=path) as bound:
        assert (bound.address(), bound.is_pipe, path.exists()) == (str(path), True, True)
        with pytest.raises(nodenet.NetworkError) as caught:
            nodenet.BoundSocket(path=path)
        assert (caught.value.code, str(caught.value)) == ("EADDRINUSE", "bind EADDRINUSE")
    assert not path.exists()
    nodenet.BoundSocket(path=path)
    gc.collect()
    assert not path.exists()


def test_errors_have_every_field() -> None:
    with pytest.raises(nodenet.NetworkError) as caught:
        nodenet.BoundSocket(5, "192.0.2.1")
    error = caught.value
    assert (error.code, error.syscall, error.address, error.port) == ("EADDRNOTAVAIL", "bind", "192.0.2.1", 5)
    assert str(error) == "bind EADDRNOTAVAIL 192.0.2.1:5"
    with pytest.raises(nodenet.InvalidArgument) as refusal:
        nodenet.BoundSocket(host="localhost")
    assert refusal.value.code == "ERR_INVALID_ARG_VALUE"


def test_adopted_by_both_sides(loop: nodenet.Loop, run: Run) -> None:
    near, far = nodenet.BoundSocket(host="127.0.0.1"), nodenet.BoundSocket(host="127.0.0.1")
    near_port, far_port = near.address().port, far.address().port  # type: ignore[union-attr]
    seen = []

    def accepted(socket: nodenet.Socket) -> None:
        seen.append(socket.remote_port)
        assert list(server.sockets()) == [socket]
        server.shutdown(10_000)

    server = nodenet.create_server(accepted, loop=loop).listen(handle=far)
    assert port_of(server) == far_port
    client = nodenet.Socket(handle=near, loop=loop)
    assert (client.local_port, client.local_address) == (near_port, "127.0.0.1")
    assert [refused(near.close), refused(far.close)] == ["ERR_SOCKET_HANDLE_ADOPTED"] * 2
    client.set_send_buffer_size(8192).set_receive_buffer_size(8192)
    client.connect(far_port, "127.0.0.1").resume()
    run()
    assert seen == [near_port]


def test_path_of_a_client(loop: nodenet.Loop, run: Run, tmp_path: Path) -> None:
    server = nodenet.create_server(lambda socket: (socket.end(), server.close()), loop=loop)
    server.listen(path=tmp_path / "server")
    client = nodenet.Socket(handle=nodenet.BoundSocket(path=tmp_path / "client"), loop=loop)
    assert client.local_address == client.address() == str(tmp_path / "client")
    client.connect(path=tmp_path / "server").resume()
    run()
    assert not (tmp_path / "client").exists()


def test_listen_on_another_server(loop: nodenet.Loop, run: Run) -> None:
    first, second = nodenet.Server(loop=loop).listen(), nodenet.Server(loop=loop)
    second.listen(handle=first)
    assert port_of(first) == port_of(second)
    first.close()
    assert second.listening
    assert refused(second.address) == "EBADF"
    second.close()
    run()


def test_shutdown_destroys_who_does_not_end(loop: nodenet.Loop, run: Run) -> None:
    told = []
    server = nodenet.create_server(lambda socket: (socket.resume(), server.shutdown(1)), loop=loop)
    server.on("close", lambda: told.append("close"))
    server.listen(0, "127.0.0.1", callback=lambda: told.append("listening"))
    loop.poll(0)
    with sockets.create_connection(("127.0.0.1", port_of(server))) as peer:
        run()
        assert peer.recv(1) == b""
    assert told == ["listening", "close"]


def test_buffer_sizes(loop: nodenet.Loop) -> None:
    socket = nodenet.Socket(loop=loop)
    assert (socket.send_buffer_size, socket.receive_buffer_size) == (None, None)
    socket.set_send_buffer_size(5000)
    assert (socket.send_buffer_size, socket.receive_buffer_size) == (5000, None)


def test_descriptors(loop: nodenet.Loop, run: Run) -> None:
    with open(os.devnull) as file, pytest.raises(nodenet.InvalidArgument) as caught:
        nodenet.Socket(fd=file.fileno(), loop=loop)
    assert caught.value.code == "ERR_INVALID_FD_TYPE"
    reader, writer = os.pipe()
    got = []
    nodenet.Socket(fd=reader, writable=False, loop=loop).on("data", lambda data: got.append(bytes(data)))
    nodenet.Socket(fd=writer, readable=False, loop=loop).end(b"through a pipe")
    run()
    assert got == [b"through a pipe"]
