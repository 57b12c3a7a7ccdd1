"""loop.set_trace."""

from __future__ import annotations

import nodenet
from conftest import Run, port_of


def test_what_happens_is_told(loop: nodenet.Loop, run: Run) -> None:
    told: list[nodenet.Trace] = []
    server = nodenet.create_server(lambda socket: socket.end(b"hello"), loop=loop)
    server.listen(0, "127.0.0.1")
    port = port_of(server)
    loop.set_trace(told.append)
    client = nodenet.connect(port, "127.0.0.1", loop=loop)
    client.on("data", lambda _: server.close())
    run()
    loop.set_trace(None)
    mine = [trace.kind for trace in told if trace.socket is client]
    assert mine[:4] == ["connect", "attempt", "connected", "read_start"]
    assert mine[-2:] == ["destroy", "close"]
    read = next(trace for trace in told if trace.kind == "read")
    assert (read.text, read.bytes, read.socket, read.server, read.error) == ("read 5 bytes", 5, client, None, None)
    accepted = next(trace for trace in told if trace.kind == "accept")
    assert accepted.server is server
    assert accepted.text.startswith("accept from 127.0.0.1:")
    count = len(told)
    nodenet.Server(loop=loop).listen(0, "127.0.0.1").on("listening", lambda: loop.stop())
    run()
    assert len(told) == count


def test_what_goes_wrong_has_its_code(loop: nodenet.Loop, run: Run) -> None:
    told: list[nodenet.Trace] = []
    loop.set_trace(told.append)
    client = nodenet.connect(1, "127.0.0.1", loop=loop)
    client.on("error", lambda _: None)
    run()
    failed = next(trace for trace in told if trace.kind == "attempt_failed")
    assert failed.error == "ECONNREFUSED"
    assert "ECONNREFUSED" in failed.text


def test_an_exception_is_reported(loop: nodenet.Loop, run: Run) -> None:
    raised: list[BaseException] = []
    loop.set_exception_handler(lambda exception, _: raised.append(exception))
    loop.set_trace(lambda _: 1 / 0)
    nodenet.connect(1, "127.0.0.1", loop=loop).on("error", lambda _: None)
    run()
    assert raised
    assert {type(exception) for exception in raised} == {ZeroDivisionError}
