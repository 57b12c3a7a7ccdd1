"""What a callback raises is told to somebody, and the loop goes on."""

# mypy: disable-error-code="func-returns-value"

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

import nodenet
from conftest import Run, port_of

PROGRAM = """
import nodenet
def boom(socket):
    socket.end(b"x")
    raise ValueError("boom in a callback")
server = nodenet.create_server(boom).listen(0)
client = nodenet.connect(server.address().port, "127.0.0.1")
client.on("data", print).on("close", lambda _: server.close())
nodenet.run()
"""


def test_every_kind_of_callback(loop: nodenet.Loop, run: Run, raised: list[BaseException]) -> None:
    def boom(what: str) -> Any:
        def callback(*args: object) -> None:
            raise ValueError(what)

        return callback

    done: list[str] = []
    server = nodenet.create_server(boom("connection"))
    server.on("connection", lambda socket: socket.resume().end(b"data"))
    server.listen(0, "127.0.0.1", callback=boom("listening"))
    server.get_connections(boom("count"))
    client = nodenet.connect(port_of(server), "127.0.0.1", connect_listener=boom("connect"))
    client.on("data", boom("data")).on("close", boom("close"))
    client.write(b"x", boom("write"))
    client.on("close", lambda _: (server.close(boom("server close")), done.append("close")))
    loop.post(boom("post"))
    loop.set_timeout(boom("timer"), 1)
    run()
    assert done == ["close"]
    assert {str(error) for error in raised} == {
        "connection",
        "listening",
        "count",
        "connect",
        "data",
        "close",
        "write",
        "server close",
        "post",
        "timer",
    }
    raised.clear()


def test_without_a_handler_the_unraisable_hook_is_told(
    loop: nodenet.Loop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    loop.set_exception_handler(None)
    error = ValueError("x")

    def boom() -> None:
        raise error

    loop.post(boom)
    run()
    (args,) = told
    assert (args.exc_type, args.exc_value, args.object) == (ValueError, error, boom)
    assert args.exc_traceback is error.__traceback__


def test_a_handler_that_raises_is_reported_too(loop: nodenet.Loop, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)

    def handler(error: BaseException, callback: object) -> None:
        raise RuntimeError("in the handler")

    loop.set_exception_handler(handler)
    loop.post(lambda: 1 // 0)
    run()
    assert [args.exc_type for args in told] == [RuntimeError]


def test_the_default_report_is_a_traceback_on_stderr() -> None:
    result = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=True)
    assert result.stdout == "b'x'\n"
    assert "ValueError: boom in a callback" in result.stderr
    assert "Exception ignored in nodenet callback <function boom" in result.stderr


def test_system_exit_ends_the_run(loop: nodenet.Loop, run: Run) -> None:
    after: list[int] = []
    loop.post(sys.exit, 3)
    loop.set_timeout(lambda: after.append(1), 0)
    with pytest.raises(SystemExit) as caught:
        run()
    assert caught.value.code == 3
    # The loop is whole: it can be run again.
    run()
    assert after == [1]
