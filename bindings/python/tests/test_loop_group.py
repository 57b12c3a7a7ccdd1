"""LoopGroup: loops in threads of their own."""

from __future__ import annotations

import socket as plain
import threading

import pytest

import nodenet


def echo(socket: nodenet.Socket) -> None:
    socket.on("data", socket.write)
    socket.on("error", lambda _: None)


def port_of_group(address: nodenet.Address | str) -> int:
    assert isinstance(address, nodenet.Address)
    return address.port


def ask(port: int, text: bytes) -> bytes:
    with plain.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(text)
        return client.recv(len(text), plain.MSG_WAITALL)


@pytest.mark.parametrize("share", ["auto", "reuse_port", "hand_over"])
def test_connections_are_served(share: str) -> None:
    with nodenet.LoopGroup(2) as group:
        assert len(group) == 2
        port = port_of_group(group.listen(echo, 0, "127.0.0.1", share=share))
        assert [ask(port, b"hello %d" % i) for i in range(6)] == [b"hello %d" % i for i in range(6)]
        group.close()
        assert group.wait(20_000)


def test_each_loop_has_its_thread_and_its_share() -> None:
    begun: dict[int, int] = {}
    ended: dict[int, int] = {}
    seen: list[tuple[int, bool]] = []

    def on_connection(socket: nodenet.Socket) -> None:
        seen.append((threading.get_ident(), socket.loop is nodenet.Loop.default()))
        socket.end(b"x")
        socket.resume()

    with nodenet.LoopGroup(
        3,
        on_start=lambda loop, index: begun.__setitem__(index, threading.get_ident()),
        on_stop=lambda loop, index: ended.__setitem__(index, threading.get_ident()),
    ) as group:
        port = port_of_group(group.listen(on_connection, 0, "127.0.0.1", share="hand_over"))
        for _ in range(6):
            with plain.create_connection(("127.0.0.1", port), timeout=20) as client:
                assert client.recv(2) == b"x"
        group.close()
        assert group.wait()
    assert sorted(begun) == [0, 1, 2]
    assert begun == ended
    assert all(own for _, own in seen)
    assert sorted(thread for thread, _ in seen) == sorted(list(begun.values()) * 2)


def test_a_path_and_calls_into_a_loop(sock_path: str) -> None:
    called = threading.Event()
    with nodenet.LoopGroup(1) as group:
        assert group.listen(echo, path=sock_path) == sock_path
        with plain.socket(plain.AF_UNIX) as client:
            client.settimeout(20)
            client.connect(sock_path)
            client.sendall(b"x")
            assert client.recv(1) == b"x"
        group.post(0, lambda: nodenet.Loop.default().set_timeout(called.set, 1))
        assert called.wait(20)
        with pytest.raises(IndexError):
            group.post(1, called.set)


def test_an_exception_is_told_and_the_loop_goes_on() -> None:
    raised: list[BaseException] = []

    def on_connection(socket: nodenet.Socket) -> None:
        echo(socket)
        raise ZeroDivisionError

    with nodenet.LoopGroup(1, exception_handler=lambda exception, _: raised.append(exception)) as group:
        port = port_of_group(group.listen(on_connection, 0, "127.0.0.1"))
        assert [ask(port, b"x") for _ in range(2)] == [b"x"] * 2
    assert [type(exception) for exception in raised] == [ZeroDivisionError] * 2


def test_an_error_that_nobody_hears_ends_the_group() -> None:
    with nodenet.LoopGroup(2) as group:
        group.post(0, lambda: nodenet.connect(1, "127.0.0.1"))
        with pytest.raises(ConnectionRefusedError):
            group.wait()


def test_an_error_that_nobody_hears_is_told() -> None:
    told: list[str | None] = []
    done = threading.Event()

    def on_error(loop: nodenet.Loop, error: nodenet.Error) -> None:
        told.append(error.code)
        done.set()

    with nodenet.LoopGroup(1, on_error=on_error) as group:
        group.post(0, lambda: nodenet.connect(1, "127.0.0.1"))
        assert done.wait(20)
        assert not group.wait(0)
    assert told == ["ECONNREFUSED"]


def test_what_is_refused() -> None:
    with plain.create_server(("127.0.0.1", 0)) as taken, nodenet.LoopGroup(1) as group:
        with pytest.raises(nodenet.Error, match="EADDRINUSE"):
            group.listen(echo, taken.getsockname()[1], "127.0.0.1")
        with pytest.raises(nodenet.InvalidArgument):
            group.listen(echo, 0, share="evenly")
        with pytest.raises(ValueError, match="negative"):
            nodenet.LoopGroup(-1)
    group.free()
    with pytest.raises(nodenet.Misuse):
        group.close()
