"""One direction ended, the other open."""

from __future__ import annotations

import nodenet
from conftest import Run, port_of


def test_half_open_server_answers_after_the_end(loop: nodenet.Loop, run: Run) -> None:
    got: list[bytes] = []
    states: list[str] = []

    def connection(socket: nodenet.Socket) -> None:
        assert socket.allow_half_open
        question: list[bytes] = []

        def answer() -> None:
            states.append(socket.ready_state)
            # Long after the end: a socket that is not half-open would be gone.
            loop.set_timeout(lambda: socket.end(b"answer to " + b"".join(question)), 30)

        socket.on("data", question.append).on("end", answer)

    server = nodenet.create_server(connection, allow_half_open=True).listen(0, "127.0.0.1")
    client = nodenet.connect(port_of(server), "127.0.0.1")
    client.on("data", got.append).on("close", lambda _: server.close())
    client.end(b"question")
    run()
    assert b"".join(got) == b"answer to question"
    assert states == ["writeOnly"]


def test_without_it_the_end_is_answered_with_an_end(loop: nodenet.Loop, run: Run) -> None:
    log: list[str] = []

    def connection(socket: nodenet.Socket) -> None:
        for event in ("end", "finish", "close"):
            socket.on(event, lambda *args, event=event: log.append(event))
        socket.resume()
        server.close()

    server = nodenet.create_server(connection).listen(0, "127.0.0.1")
    nodenet.connect(port_of(server), "127.0.0.1").end()
    run()
    assert log == ["end", "finish", "close"]
