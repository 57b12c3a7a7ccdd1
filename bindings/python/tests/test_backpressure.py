"""write says when to wait, and drain when to go on."""

# mypy: disable-error-code="func-returns-value"

from __future__ import annotations

import nodenet
from conftest import Run, port_of


def test_write_returns_false_and_drain_follows(loop: nodenet.Loop, run: Run) -> None:
    total = 0
    log: list[object] = []
    block = b"x" * 65536
    accepted: list[nodenet.Socket] = []

    def connection(socket: nodenet.Socket) -> None:
        accepted.append(socket.pause())
        socket.on("data", count)
        socket.on("close", lambda _: server.close())

    def count(chunk: bytes) -> None:
        nonlocal total
        total += len(chunk)

    server = nodenet.create_server(connection).listen(0, "127.0.0.1")
    client = nodenet.connect(port_of(server), "127.0.0.1")
    sent = 0

    def fill() -> None:
        nonlocal sent
        sent += 1
        while client.write(block):
            sent += 1
        log.append(("false", client.writable_need_drain, client.writable_length > 0))
        # The reader was paused until now: only that can have stopped us.
        accepted[0].resume()

    def drain() -> None:
        log.append(("drain", client.writable_need_drain, client.writable_length))
        client.end()

    ready: list[str] = []

    def both_ready(*_: object) -> None:
        ready.append("side")
        if len(ready) == 2:
            fill()

    client.on("drain", drain).on("connect", both_ready)
    server.on("connection", both_ready)
    run()
    assert log == [("false", True, True), ("drain", False, 0)]
    assert total == sent * len(block) == client.bytes_written
    # More than the mark: it was the system that took no more.
    assert sent > 1


def test_high_water_mark(loop: nodenet.Loop, run: Run) -> None:
    results: list[object] = []
    server = nodenet.create_server(lambda socket: socket.resume()).listen(0, "127.0.0.1")
    client = nodenet.connect(port_of(server), "127.0.0.1", high_water_mark=5)
    # Nothing can be sent yet: what is written waits.
    results += [client.write(b"four"), client.write(b"5"), client.write(b"6")]
    client.on("drain", lambda: (results.append("drain"), client.end(), server.close()))
    run()
    assert results == [True, False, False, "drain"]


def test_pausing_loses_nothing(loop: nodenet.Loop, run: Run) -> None:
    got = bytearray()
    pauses = 0
    payload = bytes(i % 251 for i in range(1_000_000))

    def connection(socket: nodenet.Socket) -> None:
        socket.end(payload)

    server = nodenet.create_server(connection).listen(0, "127.0.0.1")
    client = nodenet.connect(port_of(server), "127.0.0.1")

    def data(chunk: bytes) -> None:
        nonlocal pauses
        got.extend(chunk)
        client.pause()
        assert client.is_paused()
        pauses += 1
        loop.set_timeout(client.resume, 0)

    client.on("data", data).on("close", lambda _: server.close())
    run()
    assert got == payload
    assert pauses > 1
