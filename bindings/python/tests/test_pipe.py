"""pipe and unpipe between sockets."""

from __future__ import annotations

import pytest

import nodenet
from conftest import Run, port_of


def test_everything_arrives_and_the_end_too(loop: nodenet.Loop, run: Run) -> None:
    payload = bytes(i % 251 for i in range(3_000_000))
    got = bytearray()
    log: list[object] = []

    def sink(socket: nodenet.Socket) -> None:
        socket.on("data", got.extend).on("close", lambda _: back.close())

    def source(socket: nodenet.Socket) -> None:
        to = nodenet.connect(port_of(back), "127.0.0.1")
        to.on("pipe", lambda it: log.append(("pipe", it is socket)))
        to.on("unpipe", lambda it: log.append(("unpipe", it is socket)))
        assert socket.pipe(to) is to
        socket.on("close", lambda _: front.close())

    back = nodenet.create_server(sink).listen(0, "127.0.0.1")
    front = nodenet.create_server(source).listen(0, "127.0.0.1")
    nodenet.connect(port_of(front), "127.0.0.1").end(payload)
    run()
    assert got == payload
    assert log == [("pipe", True), ("unpipe", True)]


def test_without_end(loop: nodenet.Loop, run: Run) -> None:
    got = bytearray()

    def echo(socket: nodenet.Socket) -> None:
        socket.pipe(socket, end=False)
        socket.on("unpipe", lambda _: socket.end(b" and more"))

    server = nodenet.create_server(echo, allow_half_open=True).listen(0, "127.0.0.1")
    client = nodenet.connect(port_of(server), "127.0.0.1")
    client.on("data", got.extend).on("close", lambda _: server.close())
    client.end(b"some")
    run()
    assert got == b"some and more"


def test_unpipe_pauses(loop: nodenet.Loop, run: Run) -> None:
    states: list[bool] = []

    def connection(socket: nodenet.Socket) -> None:
        socket.pipe(socket)
        states.append(socket.is_paused())
        states.append(socket.unpipe(socket).is_paused())
        socket.unpipe()
        socket.destroy()
        server.close()

    server = nodenet.create_server(connection).listen(0, "127.0.0.1")
    nodenet.connect(port_of(server), "127.0.0.1").on("error", lambda _: None)
    run()
    assert states == [False, True]


def test_sockets_of_two_loops_are_refused(loop: nodenet.Loop) -> None:
    with nodenet.Loop() as other:
        here, there = nodenet.Socket(), nodenet.Socket(loop=other)
        with pytest.raises(nodenet.InvalidArgument):
            here.pipe(there)
        with pytest.raises(nodenet.InvalidArgument):
            here.unpipe(there)
