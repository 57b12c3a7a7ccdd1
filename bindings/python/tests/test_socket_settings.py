"""What the system is told of a socket, and what it tells of its peer."""

from __future__ import annotations

import os
import socket as pysocket

import pytest

import nodenet
from conftest import Run, port_of


def test_keep_alive(loop: nodenet.Loop, run: Run) -> None:
    seen: list[tuple[int, ...]] = []
    server = nodenet.create_server(lambda socket: socket.end())
    server.listen(0, "127.0.0.1")
    client = nodenet.connect(port_of(server), "127.0.0.1")
    client.set_keep_alive(True, 7000, 8000, 9)

    def look() -> None:
        fd = client.fd
        assert fd is not None
        with pysocket.socket(fileno=os.dup(fd)) as copy:
            names = (pysocket.TCP_KEEPIDLE, pysocket.TCP_KEEPINTVL, pysocket.TCP_KEEPCNT)
            seen.append(tuple(copy.getsockopt(pysocket.IPPROTO_TCP, name) for name in names))

    def connected() -> None:
        look()
        client.set_keep_alive(True, 5999)
        look()
        for count in (-1, 2**32):
            with pytest.raises(nodenet.InvalidArgument):
                client.set_keep_alive(True, 1000, 1000, count)
        assert client.peer_credentials is None

    client.on("connect", connected)
    client.on("close", lambda _: server.close())
    client.resume()
    run()
    assert seen == [(7, 8, 9), (5, 1, 10)]


def test_peer_credentials(loop: nodenet.Loop, run: Run, sock_path: str) -> None:
    us = nodenet.PeerCredentials(os.getpid(), os.geteuid(), os.getegid())
    seen: list[nodenet.PeerCredentials | None] = []

    def accepted(socket: nodenet.Socket) -> None:
        seen.append(socket.peer_credentials)
        socket.end()
        server.close()

    server = nodenet.create_server(accepted)
    server.listen(path=sock_path)
    client = nodenet.connect(path=sock_path)
    client.on("connect", lambda: seen.append(client.peer_credentials))
    client.on("close", lambda _: seen.append(client.peer_credentials))
    client.resume()
    run()
    assert sorted(seen, key=str) == [None, us, us]
