"""onread: reading into memory of the program's."""

from __future__ import annotations

import gc
import socket as pysocket
from typing import Any

import pytest

import nodenet
from conftest import Run, collect, port_of
from nodenet import _registry


def greeter(text: bytes) -> nodenet.Server:
    """A server that greets one peer and goes."""

    def greet(socket: nodenet.Socket) -> None:
        socket.on("error", lambda _: None).end(text)
        server.close()

    server = nodenet.create_server(greet).listen(0, "127.0.0.1")
    return server


def never(*_: object) -> None:
    raise AssertionError("there is no data")


def test_the_very_buffer_is_filled(loop: nodenet.Loop, run: Run) -> None:
    buffer = bytearray(5)
    got: list[bytes] = []

    def read(count: int, given: Any) -> None:
        assert given is buffer
        got.append(bytes(given[:count]))

    client = nodenet.connect(port_of(greeter(b"hello worlds")), "127.0.0.1", onread=nodenet.OnRead(buffer, read))
    client.on("data", never)
    run()
    assert (got, client.bytes_read) == ([b"hello", b" worl", b"ds"], 12)


def test_a_part_of_a_memoryview(loop: nodenet.Loop, run: Run) -> None:
    memory = bytearray(b"........")
    onread = nodenet.OnRead(memoryview(memory)[2:6], lambda _count, _room: None)
    nodenet.connect(port_of(greeter(b"abc")), "127.0.0.1", onread=onread)
    run()
    assert memory == b"..abc..."


def test_a_buffer_for_each_read_and_false(loop: nodenet.Loop, run: Run) -> None:
    given: list[bytearray] = []
    got: list[bytes] = []

    def give() -> bytearray:
        given.append(bytearray(4))
        return given[-1]

    def read(count: int, room: Any) -> bool:
        assert room is given[-1]
        got.append(bytes(room[:count]))
        loop.set_timeout(client.resume, 1)
        return False

    client = nodenet.Socket(onread=nodenet.OnRead(give, read))
    assert given == []
    client.connect(port_of(greeter(b"hello world")), "127.0.0.1")
    assert len(given) == 1
    run()
    assert (got, len(given)) == ([b"hell", b"o wo", b"rld"], 4)


def test_a_descriptor_asks_inside_the_call(loop: nodenet.Loop, run: Run) -> None:
    ours, theirs = pysocket.socketpair()
    got: list[int] = []
    room = bytearray(8)
    with theirs:
        theirs.send(b"abc")
        theirs.shutdown(pysocket.SHUT_WR)
        asked: list[bool] = []

        def give() -> bytearray | None:
            asked.append(True)
            return room if len(asked) == 1 else None

        client = nodenet.Socket(fd=ours.detach(), onread=nodenet.OnRead(give, lambda count, _: got.append(count)))
        assert asked == [True]
        run()
    assert (got, asked, bytes(room[:3])) == ([3], [True, True], b"abc")
    assert client.destroyed


def test_memory_that_cannot_be_written(loop: nodenet.Loop) -> None:
    slots = len(_registry.slots)
    for buffer in (b"bytes", memoryview(b"bytes"), "text"):
        with pytest.raises(TypeError):
            nodenet.Socket(onread=nodenet.OnRead(buffer, lambda _count, _room: None))  # type: ignore[arg-type]
    with pytest.raises(nodenet.InvalidArgument):
        nodenet.Socket(type_of_service=256, onread=nodenet.OnRead(bytearray(1), lambda _count, _room: None))
    assert len(_registry.slots) == slots


def test_what_it_raises_is_reported(loop: nodenet.Loop, run: Run, raised: list[BaseException]) -> None:
    def fail(_count: int, _room: Any) -> None:
        raise RuntimeError("read")

    nodenet.connect(port_of(greeter(b"abcd")), "127.0.0.1", onread=nodenet.OnRead(bytearray(2), fail))
    run()
    assert [str(error) for error in raised] == ["read", "read"]
    raised.clear()

    def no_room() -> bytearray:
        raise RuntimeError("room")

    errors: list[nodenet.NetworkError] = []
    client = nodenet.connect(port_of(greeter(b"abcd")), "127.0.0.1", onread=nodenet.OnRead(no_room, never))
    client.on("error", errors.append)
    run()
    assert [str(error) for error in raised] == ["room"]
    assert [error.code for error in errors] == ["ENOBUFS"]
    raised.clear()


def test_nothing_is_left(loop: nodenet.Loop, run: Run) -> None:
    def one_round() -> None:
        buffer = bytearray(64)
        # A cycle, as in ordinary programs.
        client = nodenet.connect(
            port_of(greeter(b"abc")), "127.0.0.1", onread=nodenet.OnRead(buffer, lambda _count, _room: client.end())
        )
        with pytest.raises(BufferError):
            buffer.append(1)
        run()

    one_round()
    collect()
    run()
    slots, handles = len(_registry.slots), loop.metrics().handles
    for _ in range(10):
        one_round()
    collect()
    run()
    gc.collect()
    assert (len(_registry.slots), loop.metrics().handles) == (slots, handles)
