"""Streams and servers for coroutines, in asyncio's loop and in uvloop's."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import socket as plain
import struct
import weakref
from collections.abc import Coroutine, Iterator
from typing import Any, Callable

import pytest

import nodenet
from conftest import open_fds
from nodenet import aio

LIMIT_S = 30

Main = Callable[[], Coroutine[Any, Any, None]]
InLoop = Callable[[Main], None]


def uvloop_loop() -> asyncio.AbstractEventLoop:
    loop: asyncio.AbstractEventLoop = importlib.import_module("uvloop").new_event_loop()
    return loop


@pytest.fixture(params=["asyncio", "uvloop"])
def outer(request: pytest.FixtureRequest) -> Iterator[asyncio.AbstractEventLoop]:
    if request.param == "uvloop":
        pytest.importorskip("uvloop")
    outer = uvloop_loop() if request.param == "uvloop" else asyncio.new_event_loop()
    yield outer
    outer.close()


@pytest.fixture
def in_loop(outer: asyncio.AbstractEventLoop) -> Iterator[InLoop]:
    """Runs a coroutine, with a nodenet loop of its own; nothing that is unheard may be left over."""
    unheard: list[dict[str, Any]] = []
    outer.set_exception_handler(lambda _, context: unheard.append(context))

    def run(main: Main) -> None:
        with nodenet.Loop().make_default():
            outer.run_until_complete(asyncio.wait_for(main(), LIMIT_S))

    yield run
    assert unheard == []


async def echo(stream: aio.Stream) -> None:
    async for chunk in stream:
        await stream.write(chunk)


def pair() -> tuple[aio.Stream, plain.socket]:
    """A stream, and the other end without any library."""
    ours, theirs = plain.socketpair()
    aio.attached()
    return aio.Stream(nodenet.Socket(fd=ours.detach())), theirs


def test_echo(in_loop: InLoop) -> None:
    async def main() -> None:
        async with aio.start_server(echo, 0, "127.0.0.1") as server:
            async with aio.connect(server.port, "127.0.0.1") as stream:
                await stream.write(b"one\ntwo\nthree")
                assert await stream.readline() == b"one\n"
                assert await stream.readexactly(2) == b"tw"
                assert await stream.readuntil(b"o\n") == b"o\n"
                assert not stream.at_eof()
                await stream.end()
                assert await stream.read() == b"three"
                assert stream.at_eof()
                assert await stream.read() == b""
                assert await stream.readline() == b""
            assert stream.closed

    in_loop(main)


def test_connect_is_awaited_too_and_takes_paths(in_loop: InLoop, sock_path: str) -> None:
    async def main() -> None:
        server = await aio.start_server(echo, path=sock_path)
        stream = await aio.connect(path=sock_path)
        # Neither has to be awaited.
        stream.write(b"x" * 10)
        stream.end()
        assert await stream.readexactly(10) == b"x" * 10
        stream.close()
        await stream.wait_closed()
        assert server.port == 0
        assert server.address() == sock_path
        server.close()
        await server.wait_closed()

    in_loop(main)


def test_async_for_over_connections(in_loop: InLoop) -> None:
    async def main() -> None:
        seen = 0
        async with aio.listen(0, "127.0.0.1") as server:
            clients = [await aio.connect(server.port, "127.0.0.1") for _ in range(3)]
            async for stream in server:
                async with stream:
                    await stream.write(b"hello")
                seen += 1
                if seen == 3:
                    server.close()
            for client in clients:
                async with client:
                    assert await client.read() == b"hello"
            with pytest.raises(ConnectionAbortedError):
                await server.accept()
        assert seen == 3

    in_loop(main)


def test_connections_that_nobody_took_are_closed_with_the_server(in_loop: InLoop) -> None:
    async def main() -> None:
        async with aio.listen(0, "127.0.0.1") as server, aio.connect(server.port, "127.0.0.1") as stream:
            while not server._waiting:
                await asyncio.sleep(0)
            server.close()
            assert await stream.read() == b""

    in_loop(main)


def test_backpressure(in_loop: InLoop) -> None:
    async def main() -> None:
        async with aio.listen(0, "127.0.0.1") as server:
            client = await aio.connect(server.port, "127.0.0.1")
            stream = await server.accept()
            total = 0
            writing = True

            async def write() -> None:
                nonlocal total, writing
                for _ in range(400):
                    await stream.write(b"x" * 65536)
                    total += 65536
                writing = False
                stream.close()

            task = asyncio.ensure_future(write())
            # Until nothing moves any more: the reader takes nothing.
            before = -1
            while before != total or not stream.socket.writable_need_drain:
                before = total
                await asyncio.sleep(0.05)
            assert writing
            assert stream.socket.writable_length <= 65536 + 65536
            assert stream.socket.buffer_size == stream.socket.writable_length
            assert client.socket.readable_length <= 2 * 65536
            got = 0
            async for chunk in client:
                got += len(chunk)
            await task
            assert got == total == 400 * 65536
            client.destroy()

    in_loop(main)


def test_cancelled_reads_lose_nothing(in_loop: InLoop) -> None:
    async def main() -> None:
        stream, peer = pair()
        with peer:
            for call in (stream.readexactly(6), stream.readline(), stream.read(), stream.readuntil(b"--")):
                task = asyncio.ensure_future(call)
                await asyncio.sleep(0)
                peer.send(b"a")
                while not (stream._buffer or stream.socket.readable_length):
                    await asyncio.sleep(0)
                for _ in range(3):
                    await asyncio.sleep(0)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(stream.readexactly(100), 0.01)
            peer.send(b"bc\n")
            assert await stream.readline() == b"aaaabc\n"
            stream.destroy()

    in_loop(main)


def test_cancelled_accept_loses_nothing(in_loop: InLoop) -> None:
    async def main() -> None:
        async with aio.listen(0, "127.0.0.1") as server:
            waiting = [asyncio.ensure_future(server.accept()) for _ in range(2)]
            # When both have been woken, and neither has run.
            server.server.on("connection", lambda _: waiting[0].cancel())
            await asyncio.sleep(0)
            client = await aio.connect(server.port, "127.0.0.1")
            stream = await waiting[1]
            with pytest.raises(asyncio.CancelledError):
                await waiting[0]
            stream.destroy()
            client.destroy()

    in_loop(main)


def test_cancelled_connect_closes_its_socket(in_loop: InLoop) -> None:
    async def main() -> None:
        asked: list[nodenet.LookupReply] = []
        fds = open_fds()
        task = asyncio.ensure_future(
            aio.connect(80, "never.test", lookup=lambda host, options, reply: asked.append(reply))._connect()
        )
        while not asked:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        asked.clear()
        # The loop's own have been there since it was attached.
        assert len(open_fds() - fds) <= 3

    in_loop(main)


def test_half_open(in_loop: InLoop) -> None:
    async def answer(stream: aio.Stream) -> None:
        question = await stream.read()
        await stream.write(b"you said " + question)

    async def main() -> None:
        serving = aio.start_server(answer, 0, "127.0.0.1", allow_half_open=True)
        async with serving as server, aio.connect(server.port, "127.0.0.1") as stream:
            await stream.end(b"hello")
            with pytest.raises(BrokenPipeError):
                stream.write(b"more")
            assert await stream.read() == b"you said hello"

    in_loop(main)


def test_without_half_open_the_peers_end_ends_both(in_loop: InLoop) -> None:
    async def main() -> None:
        stream, peer = pair()
        with peer:
            peer.send(b"all")
            peer.shutdown(plain.SHUT_WR)
            assert await stream.read() == b"all"
            with pytest.raises((BrokenPipeError, ConnectionAbortedError)):
                stream.write(b"late")
            await stream.wait_closed()
            assert peer.recv(1) == b""

    in_loop(main)


def test_the_end_before_enough(in_loop: InLoop) -> None:
    async def main() -> None:
        for call, what in (("readexactly", 5), ("readuntil", b"\r\n")):
            stream, peer = pair()
            with peer:
                peer.send(b"abc")
                peer.shutdown(plain.SHUT_WR)
                with pytest.raises(asyncio.IncompleteReadError) as caught:
                    await getattr(stream, call)(what)
                assert caught.value.partial == b"abc"
            await stream.wait_closed()

    in_loop(main)


def test_limits(in_loop: InLoop) -> None:
    async def main() -> None:
        ours, peer = plain.socketpair()
        aio.attached()
        stream = aio.Stream(nodenet.Socket(fd=ours.detach()), limit=8)
        with peer:
            peer.send(b"much too long a line\nshort\n")
            with pytest.raises(asyncio.LimitOverrunError):
                await stream.readuntil(b"\n")
            with pytest.raises(ValueError, match="limit"):
                await stream.readline()
            assert await stream.readline() == b"short\n"
            stream.destroy()
            await stream.wait_closed()

    in_loop(main)


def test_a_reset_is_an_oserror_of_whoever_waits(in_loop: InLoop) -> None:
    async def main() -> None:
        async with aio.listen(0, "127.0.0.1") as server:
            peer = plain.create_connection(("127.0.0.1", server.port))
            stream = await server.accept()
            peer.setsockopt(plain.SOL_SOCKET, plain.SO_LINGER, struct.pack("ii", 1, 0))
            reading = asyncio.ensure_future(stream.read())
            await asyncio.sleep(0)
            peer.close()
            with pytest.raises(ConnectionResetError) as caught:
                await reading
            assert isinstance(caught.value, OSError)
            for late in (stream.read(), stream.drain()):
                with pytest.raises(ConnectionResetError):
                    await late
            with pytest.raises(ConnectionResetError):
                stream.write(b"x")
            # It was told.
            await stream.wait_closed()

    in_loop(main)


def test_an_error_that_nobody_was_told_comes_from_wait_closed(in_loop: InLoop) -> None:
    async def main() -> None:
        stream, peer = pair()
        with peer:
            mine = KeyError("mine")
            stream.destroy(mine)
            with pytest.raises(KeyError) as caught:
                await stream.wait_closed()
            assert caught.value is mine

    in_loop(main)


def test_refused(in_loop: InLoop, free_port: int) -> None:
    async def main() -> None:
        with pytest.raises(ConnectionRefusedError):
            await aio.connect(free_port, "127.0.0.1")
        with pytest.raises(ConnectionRefusedError):
            async with aio.connect(free_port, "127.0.0.1"):
                raise AssertionError
        with pytest.raises(FileNotFoundError):
            await aio.connect(path="./nobody-listens-here")

    in_loop(main)


def test_a_port_in_use(in_loop: InLoop) -> None:
    async def main() -> None:
        async with aio.listen(0, "127.0.0.1") as server:
            with pytest.raises(OSError, match="EADDRINUSE"):
                await aio.listen(server.port, "127.0.0.1")

    in_loop(main)


def test_one_reader_at_a_time(in_loop: InLoop) -> None:
    async def main() -> None:
        stream, peer = pair()
        with peer:
            first = asyncio.ensure_future(stream.read(1))
            await asyncio.sleep(0)
            with pytest.raises(RuntimeError, match="another coroutine"):
                await stream.read(1)
            peer.send(b"x")
            assert await first == b"x"
            stream.destroy()
            await stream.wait_closed()

    in_loop(main)


def test_an_exception_inside_async_with_destroys(in_loop: InLoop) -> None:
    async def main() -> None:
        stream, peer = pair()
        with peer:
            with pytest.raises(ZeroDivisionError):
                async with stream:
                    raise ZeroDivisionError
            assert stream.closed
            with pytest.raises(ConnectionAbortedError):
                await stream.read()

    in_loop(main)


def test_close_sends_what_was_written(in_loop: InLoop) -> None:
    async def main() -> None:
        async with aio.listen(0, "127.0.0.1") as server:
            client = await aio.connect(server.port, "127.0.0.1")
            async with await server.accept() as stream:
                for _ in range(100):
                    stream.write(b"x" * 65536)
                stream.close()
                assert len(await client.read()) == 100 * 65536
            client.destroy()

    in_loop(main)


def test_an_exception_in_a_handler_is_reported_and_closes(outer: asyncio.AbstractEventLoop) -> None:
    told: list[dict[str, Any]] = []
    outer.set_exception_handler(lambda _, context: told.append(context))

    async def broken(stream: aio.Stream) -> None:
        await stream.read(1)
        raise ZeroDivisionError

    async def main() -> None:
        async with aio.start_server(broken, 0, "127.0.0.1") as server:
            async with aio.connect(server.port, "127.0.0.1") as stream:
                await stream.write(b"x")
                assert await stream.read() == b""
            # The server goes on.
            async with aio.connect(server.port, "127.0.0.1") as stream:
                await stream.write(b"x")
                assert await stream.read() == b""

    with nodenet.Loop().make_default():
        outer.run_until_complete(asyncio.wait_for(main(), LIMIT_S))
    assert [type(context["exception"]) for context in told] == [ZeroDivisionError] * 2


def test_leaving_with_an_exception_cancels_handlers(in_loop: InLoop) -> None:
    async def main() -> None:
        cancelled = asyncio.Event()

        async def forever(stream: aio.Stream) -> None:
            try:
                await stream.read()
            except asyncio.CancelledError:
                cancelled.set()
                raise

        with contextlib.suppress(ZeroDivisionError):
            async with aio.start_server(forever, 0, "127.0.0.1") as server:
                client = await aio.connect(server.port, "127.0.0.1")
                while not server._tasks:
                    await asyncio.sleep(0)
                await asyncio.sleep(0)
                raise ZeroDivisionError
        assert cancelled.is_set()
        assert await client.read() == b""
        await client.wait_closed()

    in_loop(main)


def test_cancelled_serve_forever_closes(in_loop: InLoop) -> None:
    async def main() -> None:
        server = await aio.start_server(echo, 0, "127.0.0.1")
        task = asyncio.ensure_future(server.serve_forever())
        await asyncio.sleep(0)
        assert server.server.listening
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not server.server.listening
        await server.wait_closed()

    in_loop(main)


def test_nothing_is_left_over(in_loop: InLoop) -> None:
    async def main() -> None:
        async with aio.start_server(echo, 0, "127.0.0.1") as server:

            async def talk() -> weakref.ref[nodenet.Socket]:
                async with aio.connect(server.port, "127.0.0.1") as stream:
                    await stream.write(b"ping")
                    assert await stream.readexactly(4) == b"ping"
                return weakref.ref(stream.socket)

            await talk()
            while server._tasks:
                await asyncio.sleep(0)
            gc.collect()
            fds = open_fds()
            gc.disable()
            try:
                sockets = [await talk() for _ in range(20)]
                while server._tasks:
                    await asyncio.sleep(0)
                # Without a collection: a stream and its socket do not hold each other once closed.
                await asyncio.sleep(0)
                assert [ref() for ref in sockets] == [None] * 20
            finally:
                gc.enable()
            assert open_fds() == fds

    in_loop(main)


def test_asyncio_run_twice_with_the_default_loop() -> None:
    async def main() -> None:
        async with aio.start_server(echo, 0, "127.0.0.1") as server, aio.connect(server.port, "127.0.0.1") as stream:
            await stream.write(b"again")
            assert await stream.readexactly(5) == b"again"

    nodenet.Loop().make_default()
    for _ in range(2):
        asyncio.run(asyncio.wait_for(main(), LIMIT_S))
    loop = nodenet.default_loop()
    done: list[bool] = []
    loop.set_timeout(done.append, 1, True)
    loop.run()
    loop.close()
    assert done == [True]


def test_a_loop_of_another_asyncio_loop_is_refused(in_loop: InLoop) -> None:
    other = asyncio.new_event_loop()

    async def main() -> None:
        with aio.attach(other), pytest.raises(nodenet.Misuse, match="attached already"):
            aio.attached()

    with contextlib.closing(other):
        in_loop(main)
