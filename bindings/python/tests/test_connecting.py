"""What a connect can be told, and what it tells."""

from __future__ import annotations

import contextlib
import socket as plain
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import nodenet
from conftest import Run, port_of


def answer_with(*addresses: str) -> Any:
    def lookup(host: str, options: nodenet.LookupOptions, reply: nodenet.LookupReply) -> None:
        reply(None, [(address, nodenet.is_ip(address)) for address in addresses])

    return lookup


@contextlib.contextmanager
def silence(host: str) -> Iterator[int]:
    """A port of `host` that answers nobody: its queue is full."""
    with plain.socket() as listener, plain.socket() as queued:
        listener.bind((host, 0))
        listener.listen(0)
        queued.connect(listener.getsockname())
        yield listener.getsockname()[1]


def test_families_in_turn_and_every_attempt_is_told(loop: nodenet.Loop, run: Run) -> None:
    told: list[tuple[object, ...]] = []
    server = nodenet.create_server(lambda socket: socket.end()).listen(0, "127.0.0.4")
    port = port_of(server)
    addresses = ["127.0.0.2", "127.0.0.3", "127.0.0.2", "::1", "127.0.0.4", "127.0.0.5"]
    client = nodenet.connect(port, "name", lookup=answer_with(*addresses))
    client.on("connection_attempt", lambda address, port, family: told.append(("try", address, family)))
    client.on("connectionAttemptFailed", lambda address, port, family, error: told.append((error.code, address)))
    client.on("connect", lambda: told.append(("connected", client.remote_address)))
    client.on("close", lambda _: server.close()).resume()
    run()
    # The same address is not tried a second time.
    order = ["127.0.0.2", "::1", "127.0.0.3"]
    assert told[0] == ("try", "127.0.0.2", 4)
    assert [entry[1] for entry in told if entry[0] == "try"] == [*order, "127.0.0.4"]
    assert [entry[1] for entry in told if entry[0] == "ECONNREFUSED" or entry[0] == "EADDRNOTAVAIL"] == order
    assert told[-1] == ("connected", "127.0.0.4")
    attempted = client.auto_select_family_attempted_addresses
    assert attempted == [f"{address}:{port}" for address in [*order, "127.0.0.4"]]


@pytest.mark.parametrize(("given", "least"), [(1, 10), (60, 60), (None, 90)])
def test_an_attempt_without_an_answer_is_given_up(
    loop: nodenet.Loop, run: Run, given: float | None, least: int
) -> None:
    nodenet.set_default_auto_select_family_attempt_timeout(90)
    times: list[int] = []
    failures: list[nodenet.AggregateError] = []
    try:
        with silence("127.0.0.2") as port:
            client = nodenet.connect(
                port,
                "name",
                lookup=answer_with("127.0.0.2", "127.0.0.1"),
                auto_select_family_attempt_timeout=given,
            )
            client.once("connection_attempt", lambda *_: times.append(loop.now))
            client.on("connection_attempt_timeout", lambda address, port, family: times.append(loop.now))
            client.on("error", failures.append)
            run()
    finally:
        nodenet.set_default_auto_select_family_attempt_timeout(500)
    begun, given_up = times
    assert given_up - begun >= least
    (failure,) = failures
    assert isinstance(failure, nodenet.AggregateError)
    first, second = failure.errors
    assert isinstance(first, TimeoutError)
    assert isinstance(second, ConnectionRefusedError)


def test_less_than_ten_is_ten() -> None:
    try:
        nodenet.set_default_auto_select_family_attempt_timeout(1)
        assert nodenet.get_default_auto_select_family_attempt_timeout() == 10
        with pytest.raises(ValueError, match="out of range"):
            nodenet.set_default_auto_select_family_attempt_timeout(0)
    finally:
        nodenet.set_default_auto_select_family_attempt_timeout(500)


def test_what_a_lookup_is_asked(loop: nodenet.Loop, run: Run) -> None:
    asked: list[tuple[int, int, bool]] = []

    def lookup(host: str, options: nodenet.LookupOptions, reply: nodenet.LookupReply) -> None:
        asked.append((options.family, options.hints, options.all))
        reply(OSError("no"))

    def ask(**options: Any) -> None:
        nodenet.connect(1, "name", lookup=lookup, **options).on("error", lambda _: None)
        run()

    ask()
    ask(family=6, hints=nodenet.ADDRCONFIG | nodenet.ALL)
    ask(local_address="127.0.0.1")
    ask(auto_select_family=False)
    nodenet.set_default_auto_select_family(False)
    try:
        ask()
        ask(auto_select_family=True)
    finally:
        nodenet.set_default_auto_select_family(True)
    # As in Node: without a family and hints, only families that this machine has an address of.
    usual = nodenet.ADDRCONFIG
    assert asked == [
        (0, usual, True),
        (6, nodenet.ADDRCONFIG | nodenet.ALL, False),
        (0, usual, False),
        (0, usual, False),
        (0, usual, False),
        (0, usual, True),
    ]


@pytest.mark.parametrize("when", ["inside", "later", "thread"])
def test_when_a_lookup_answers(loop: nodenet.Loop, run: Run, when: str) -> None:
    events: list[str] = []
    server = nodenet.create_server(lambda socket: socket.end()).listen(0, "127.0.0.1")

    def lookup(host: str, options: nodenet.LookupOptions, reply: nodenet.LookupReply) -> None:
        if when == "inside":
            reply(None, "127.0.0.1", 4)
        elif when == "later":
            loop.set_timeout(reply, 5, None, "127.0.0.1", 4)
        else:
            threading.Timer(0.005, reply, (None, "127.0.0.1", 4)).start()

    client = nodenet.connect(port_of(server), "name", lookup=lookup, family=4)
    assert events == []
    for event in ("lookup", "connect", "end"):
        client.on(event, lambda *args, event=event: events.append(event))
    client.on("close", lambda _: server.close()).resume()
    run()
    assert events == ["lookup", "connect", "end"]


def test_a_lookup_that_never_answers_holds_nothing(loop: nodenet.Loop, run: Run) -> None:
    kept: list[nodenet.LookupReply] = []
    client = nodenet.connect(1, "name", lookup=lambda host, options, reply: kept.append(reply))
    run()
    assert client.connecting
    client.destroy()
    run()
    assert client.closed
    # Nobody waits for it any more.
    kept[0](None, "127.0.0.1", 4)
    run()
    assert not client.connecting


def test_from_where(loop: nodenet.Loop, run: Run) -> None:
    with plain.socket() as probe:
        probe.bind(("127.0.0.3", 0))
        local_port: int = probe.getsockname()[1]
    seen: list[tuple[str | None, int | None]] = []

    def connection(socket: nodenet.Socket) -> None:
        seen.append((socket.remote_address, socket.remote_port))
        socket.end()
        server.close()

    server = nodenet.create_server(connection).listen(0, "127.0.0.1")
    client = nodenet.connect(port_of(server), "127.0.0.1", local_address="127.0.0.3", local_port=local_port)
    client.on("connect", lambda: seen.append((client.local_address, client.local_port))).resume()
    run()
    assert sorted(seen, key=str) == [("127.0.0.3", local_port)] * 2


def test_a_server_asks_its_own_lookup(loop: nodenet.Loop, run: Run) -> None:
    asked: list[str] = []

    def lookup(host: str, options: nodenet.LookupOptions, reply: nodenet.LookupReply) -> None:
        asked.append(host)
        reply(None, "127.0.0.1", 4)

    server = nodenet.create_server(loop=loop)
    server.listen(0, "nowhere.example", lookup=lookup)
    addresses: list[object] = []

    def on_listening() -> None:
        addresses.append(server.address())
        server.close()

    server.on("listening", on_listening)
    run()
    assert asked == ["nowhere.example"]
    assert [getattr(address, "address", None) for address in addresses] == ["127.0.0.1"]


def test_a_server_is_told_what_its_lookup_raises(loop: nodenet.Loop, run: Run) -> None:
    def lookup(host: str, options: nodenet.LookupOptions, reply: nodenet.LookupReply) -> None:
        raise LookupError(host)

    raised: list[BaseException] = []
    server = nodenet.create_server(loop=loop)
    server.on("error", raised.append)
    server.listen(0, "nowhere.example", lookup=lookup)
    run()
    assert [str(error) for error in raised] == ["nowhere.example"]
