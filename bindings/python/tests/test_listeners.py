"""on, once, off."""

# mypy: disable-error-code="func-returns-value"

from __future__ import annotations

import pytest

import nodenet
from conftest import Run, port_of


def test_order_once_and_off(loop: nodenet.Loop, run: Run) -> None:
    log: list[object] = []

    def connection(socket: nodenet.Socket) -> None:
        socket.write(b"a", lambda _: socket.write(b"b", lambda _: socket.end(b"c")))

    server = nodenet.create_server(connection).listen(0, "127.0.0.1")
    client = nodenet.connect(port_of(server), "127.0.0.1")

    def never(chunk: bytes) -> None:
        log.append("never")

    def adds_one(chunk: bytes) -> None:
        log.append("adds")
        client.on("data", lambda _: log.append("added"))

    client.on("data", lambda _: log.append(1))
    client.once("data", lambda _: log.append(2))
    client.once("data", adds_one)
    client.on("data", never).off("data", never)
    client.on("end", lambda: log.append("end"))
    client.on("close", lambda _: server.close())
    assert client.listener_count("data") == 3
    # One byte a chunk, so that the number of events is known.
    client.on("data", lambda chunk: log.append(chunk.decode()))
    run()
    chunks = [entry for entry in log if isinstance(entry, str) and set(entry) <= set("abc")]
    assert "".join(chunks) == "abc"
    assert log[:4] == [1, 2, "adds", chunks[0]]
    assert log.count(2) == 1
    assert log.count(1) == len(chunks)
    # A listener added during an emit does not see it.
    assert log.count("added") == len(chunks) - 1
    assert "never" not in log


def test_a_listener_removed_during_an_emit_still_sees_it(loop: nodenet.Loop, run: Run) -> None:
    log: list[str] = []
    server = nodenet.create_server()

    def second() -> None:
        log.append("second")

    server.on("listening", lambda: (log.append("first"), server.off("listening", second)))
    server.on("listening", second)
    server.on("listening", lambda: server.close())
    server.listen(0, "127.0.0.1")
    run()
    assert log == ["first", "second"]
    server.once("listening", lambda: server.close())
    server.listen(0, "127.0.0.1")
    run()
    assert log == ["first", "second", "first"]


def test_off_removes_the_newest_of_equal_ones(loop: nodenet.Loop) -> None:
    calls: list[int] = []
    server = nodenet.create_server()
    server.on("listening", calls.append).on("close", print).on("listening", calls.append)
    assert server.listeners("listening") == [calls.append] * 2
    server.off("listening", calls.append)
    assert server.listener_count("listening") == 1
    server.off("listening", print)
    server.remove_all_listeners("listening")
    assert server.listener_count("listening") == 0
    assert server.listener_count("close") == 1
    server.remove_all_listeners()
    assert server.listener_count("close") == 0


def test_both_spellings_and_decorators(loop: nodenet.Loop, run: Run) -> None:
    attempts: list[tuple[str, int, int]] = []
    server = nodenet.create_server(lambda socket: socket.end()).listen(0, "127.0.0.1")
    port = port_of(server)
    client = nodenet.connect(port, "127.0.0.1")

    @client.on("connectionAttempt")
    def camel(*args: object) -> None:
        attempts.append(args)  # type: ignore[arg-type]

    @client.once("connection_attempt")
    def snake(*args: object) -> None:
        attempts.append(args)  # type: ignore[arg-type]

    client.resume().on("close", lambda _: server.close())
    run()
    assert client.listener_count("connection_attempt") == 1
    assert attempts == [("127.0.0.1", port, 4)] * 2


def test_unknown_events_and_listeners_are_refused(loop: nodenet.Loop) -> None:
    with pytest.raises(nodenet.InvalidArgument, match="no event 'date'"):
        nodenet.Socket().on("date", print)
    with pytest.raises(ValueError, match="Server has no event"):
        nodenet.create_server().off("data", print)
    with pytest.raises(TypeError, match="not callable"):
        nodenet.Socket().on("data", 5)  # type: ignore[call-overload]


def test_without_an_error_listener_again_the_run_raises(loop: nodenet.Loop, run: Run, free_port: int) -> None:
    client = nodenet.connect(free_port, "127.0.0.1")
    client.on("error", print).off("error", print)
    with pytest.raises(ConnectionRefusedError):
        run()
