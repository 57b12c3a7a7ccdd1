"""`with` for loops, servers, sockets and timers."""

# mypy: disable-error-code="func-returns-value"

from __future__ import annotations

import pytest

import nodenet
from conftest import Run, port_of


def test_server_and_socket(loop: nodenet.Loop, run: Run) -> None:
    log: list[str] = []
    with nodenet.create_server(lambda socket: socket.resume()) as server:
        server.on("close", lambda: log.append("server"))
        server.listen(0, "127.0.0.1")
        with nodenet.connect(port_of(server), "127.0.0.1") as client:
            client.on("close", lambda had_error: log.append(f"client {had_error}"))
        assert client.destroyed
        assert server.listening
    assert not server.listening
    run()
    assert sorted(log) == ["client False", "server"]


def test_an_exception_inside_destroys_too(loop: nodenet.Loop, run: Run) -> None:
    with pytest.raises(ZeroDivisionError), nodenet.Socket() as socket:
        raise ZeroDivisionError
    assert socket.destroyed
    run()


def test_loop_frees_what_is_left() -> None:
    told: list[object] = []
    with nodenet.Loop() as loop:
        server = nodenet.create_server(loop=loop).listen(0, "127.0.0.1")
        server.get_connections(lambda error, count: told.append(error))
        assert loop.alive
    assert loop.closed
    assert not loop.alive
    loop.close()
    # Requests that were under way are completed, with ECANCELED.
    (error,) = told
    assert isinstance(error, nodenet.Error)
    assert error.code == "ECANCELED"


def test_loop_closed_from_inside(raised: list[BaseException]) -> None:
    loop = nodenet.Loop()
    server = nodenet.create_server(loop=loop).listen(0, "127.0.0.1")
    after: list[bool] = []
    server.on("listening", lambda: (loop.close(), after.append(loop.closed)))
    loop.run()
    assert after == [False]
    assert loop.closed


def test_timer(loop: nodenet.Loop, run: Run) -> None:
    fired: list[int] = []
    with nodenet.Timer() as timer:
        timer.start(fired.append, 0, args=(1,))
        assert timer.active
    assert not timer.active
    run()
    assert fired == []


def test_the_default_loop_is_one_per_thread() -> None:
    first = nodenet.default_loop()
    assert nodenet.default_loop() is first
    assert nodenet.create_server().loop is first
    first.close()
    second = nodenet.default_loop()
    assert second is not first
    second.close()
