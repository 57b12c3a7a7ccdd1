"""Who lives how long: descriptors, handles and Python objects all go back to where they were."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Callable

import pytest

import nodenet
from conftest import Run, collect, open_fds, port_of
from nodenet import _ffi, _registry


def one_round(loop: nodenet.Loop, run: Run, connections: int) -> None:
    """Every socket is part of a cycle with its listeners, as in ordinary programs."""
    left = connections

    def connection(socket: nodenet.Socket) -> None:
        socket.on("data", lambda chunk: socket.write(chunk))
        socket.on("end", lambda: socket.end())
        socket.on("error", lambda error: socket.destroy())

    server = nodenet.create_server(connection).listen(0, "127.0.0.1")
    port = port_of(server)

    def closed(_had_error: bool) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            server.close()

    def start() -> None:
        client = nodenet.connect(port, "127.0.0.1")
        client.on("data", lambda _: client.end()).on("close", closed).write(b"x", lambda _: None)

    for _ in range(connections):
        start()
    run()
    assert left == 0


def count_thunks() -> int:
    kinds = tuple(_ffi.CALLBACKS.values())
    return sum(isinstance(value, kinds) for value in gc.get_objects())


def test_rounds_of_sockets_leave_nothing(loop: nodenet.Loop, run: Run) -> None:
    one_round(loop, run, 20)
    collect()
    run()
    fds, handles, slots, thunks = open_fds(), loop.metrics().handles, len(_registry.slots), count_thunks()
    for _ in range(20):
        one_round(loop, run, 20)
    collect()
    run()
    assert open_fds() == fds
    assert loop.metrics().handles == handles
    assert len(_registry.slots) == slots
    # A thunk that was made for one registration could be freed inside its own call.
    assert count_thunks() == thunks
    assert len(loop._pinned) == 0
    assert len(loop._objects) == 0


def test_an_open_socket_lives_without_being_held(loop: nodenet.Loop, run: Run) -> None:
    got: list[bytes] = []
    server = nodenet.create_server(lambda socket: socket.on("data", lambda chunk: socket.end(chunk)))
    port = port_of(server.listen(0, "127.0.0.1"))
    closing = weakref.ref(server)
    nodenet.connect(port, "127.0.0.1").on("data", got.append).on("close", lambda _: closing().close()).write(b"x")  # type: ignore[union-attr]
    del server
    loop.set_interval(gc.collect, 1).unref()
    run()
    assert got == [b"x"]
    collect()
    assert closing() is None


def test_a_socket_lives_through_its_next_connection(loop: nodenet.Loop, run: Run) -> None:
    rounds: list[int] = []
    server = nodenet.create_server(lambda socket: socket.end(b"x")).listen(0)
    port = port_of(server)

    def start() -> None:
        client = nodenet.connect(port, "127.0.0.1").resume()
        known = weakref.ref(client)

        def closed(_had_error: bool) -> None:
            again = known()
            assert again is not None
            rounds.append(again.bytes_read)
            if len(rounds) < 5:
                again.connect(port, "127.0.0.1")
            else:
                server.close()

        client.on("close", closed)

    start()
    loop.set_interval(gc.collect, 0).unref()
    run()
    assert rounds == [1] * 5


@pytest.mark.parametrize(
    ("event", "begin"),
    [
        ("finish", lambda socket: socket.end()),
        ("close", lambda socket: socket.destroy()),
        ("close", lambda socket: socket.destroy_soon()),
        ("error", lambda socket: socket.reset_and_destroy()),
        ("error", lambda socket: socket.write(b"x")),
        ("error", lambda socket: socket.writev([b"x"])),
    ],
)
def test_what_was_begun_is_told_without_being_held(
    loop: nodenet.Loop, run: Run, event: str, begin: Callable[[nodenet.Socket], object]
) -> None:
    told: list[str] = []

    def start() -> None:
        socket = nodenet.Socket()
        # A cycle, as with any listener that knows its socket.
        socket.on(event, lambda *_: told.append(socket.ready_state))
        begin(socket)

    start()
    collect()
    run()
    assert len(told) == 1
    collect()
    loop.poll()
    assert len(loop._objects) == 0


def test_a_server_that_could_not_listen_is_let_go(loop: nodenet.Loop, run: Run) -> None:
    taken = nodenet.create_server().listen(0)
    errors: list[BaseException] = []
    server = nodenet.create_server().on("error", errors.append).on("error", lambda _: taken.close())
    server.listen(port_of(taken))
    gone = weakref.ref(server)
    del server
    collect()
    run()
    assert len(errors) == 1
    collect()
    assert gone() is None


def test_a_socket_is_one_object(loop: nodenet.Loop, run: Run) -> None:
    seen: list[nodenet.Socket] = []
    server = nodenet.create_server(seen.append).on("connection", seen.append)
    server.on("connection", lambda socket: socket.resume())
    server.listen(0, "127.0.0.1")
    client = nodenet.connect(port_of(server), "127.0.0.1")
    client.on("connect", client.end).on("close", lambda _: server.close()).resume()
    run()
    assert seen[0] is seen[1]
    assert seen[0].server is server
    # Kept because Python holds it, although it is closed.
    assert seen[0].ready_state == "closed"


def test_finalizers_in_other_threads(loop: nodenet.Loop, run: Run) -> None:
    before = loop.metrics().handles
    sockets: list[object] = [*(nodenet.Socket() for _ in range(100)), *(nodenet.Timer() for _ in range(100))]
    assert loop.metrics().handles == before + 200

    thread = threading.Thread(target=sockets.clear)
    thread.start()
    thread.join()
    assert sockets == []
    loop.poll()
    assert loop.metrics().handles == before


def test_finalizers_while_the_loop_runs(loop: nodenet.Loop, run: Run) -> None:
    """The collector strikes inside callbacks, inside calls of the library, and in another thread at the same time."""
    stop = threading.Event()

    def churn() -> None:
        while not stop.is_set():
            gc.collect()

    thresholds = gc.get_threshold()
    gc.set_threshold(5)
    thread = threading.Thread(target=churn)
    thread.start()
    try:
        for _ in range(5):
            one_round(loop, run, 30)
    finally:
        stop.set()
        thread.join()
        gc.set_threshold(*thresholds)
    collect()
    run()
    assert len(loop._objects) == 0


def test_a_loop_that_is_dropped_frees_itself() -> None:
    collect()
    fds, slots = open_fds(), len(_registry.slots)
    for _ in range(10):
        loop = nodenet.Loop()
        server = nodenet.create_server(loop=loop).listen(0, "127.0.0.1")
        nodenet.connect(port_of(server), "127.0.0.1", loop=loop)
        loop.poll()
        del loop, server
    collect()
    assert open_fds() == fds
    assert len(_registry.slots) == slots


def test_objects_outlive_their_loop(run: Run, loop: nodenet.Loop) -> None:
    sockets = [nodenet.Socket() for _ in range(10)]
    timer = loop.set_timeout(print, 1000)
    loop.close()
    del sockets, timer
    collect()


def test_completion_callbacks_are_let_go(loop: nodenet.Loop, run: Run) -> None:
    class Payload:
        def done(self, error: BaseException | None) -> None:
            pass

    payload = Payload()
    gone = weakref.ref(payload)
    socket = nodenet.Socket()
    socket.on("error", lambda error: None)
    socket.write(b"x", payload.done)
    socket.end(b"", payload.done)
    del payload
    run()
    assert gone() is None
