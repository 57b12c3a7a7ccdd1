"""nodenet's callbacks inside asyncio, and asyncio's own streams as the peer."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from typing import Any

import pytest

import nodenet
from conftest import port_of
from nodenet import aio

LIMIT = 30


def in_asyncio(main: Coroutine[Any, Any, None]) -> None:
    async def attached() -> None:
        with nodenet.Loop().make_default() as loop, aio.attach(loop=loop):
            await asyncio.wait_for(main, LIMIT)

    asyncio.run(attached())


async def connected(port: int | None = None, host: str | None = None, **options: Any) -> nodenet.Socket:
    """A socket for those who listen to its events."""
    socket = nodenet.connect(port, host, **options)
    await aio.once(socket, "connect")
    return socket


def test_our_server_their_client() -> None:
    async def main() -> None:
        tasks: list[object] = []

        def connection(socket: nodenet.Socket) -> None:
            # Callbacks run inside asyncio: its functions can be called.
            tasks.append(asyncio.get_running_loop())
            socket.on("data", socket.write).on("end", socket.end)

        server = nodenet.create_server(connection, allow_half_open=True).listen(0, "127.0.0.1")
        reader, writer = await asyncio.open_connection("127.0.0.1", port_of(server))
        payload = bytes(range(256)) * 4000

        async def send() -> None:
            writer.write(payload)
            await writer.drain()
            writer.write_eof()

        _, got = await asyncio.gather(send(), reader.read())
        assert got == payload
        writer.close()
        await writer.wait_closed()
        server.close()
        await aio.once(server, "close")
        assert tasks == [asyncio.get_running_loop()]

    in_asyncio(main())


def test_our_client_their_server(sock_path: str) -> None:
    async def main() -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"you said " + await reader.read())
            await writer.drain()
            writer.close()

        async with await asyncio.start_unix_server(serve, path=sock_path):
            socket = await connected(path=sock_path, allow_half_open=True)
            # A write from outside of a turn: the wake hook has to see to it.
            await aio.write(socket, b"hello")
            socket.end()
            assert b"".join([chunk async for chunk in socket]) == b"you said hello"

    in_asyncio(main())


def test_both_ours_with_backpressure() -> None:
    async def main() -> None:
        received = 0

        async def take(socket: nodenet.Socket) -> None:
            nonlocal received
            async for chunk in socket:
                received += len(chunk)
                await asyncio.sleep(0)
            server.close()

        takers: list[asyncio.Task[None]] = []
        server = nodenet.create_server(lambda socket: takers.append(asyncio.ensure_future(take(socket))))
        server.listen(0, "127.0.0.1")
        socket = await connected(port_of(server), "127.0.0.1")
        block = b"x" * 65536
        waited = 0
        for _ in range(100):
            if not socket.write(block):
                waited += 1
                await aio.drained(socket)
        socket.end()
        await aio.once(server, "close")
        await asyncio.gather(*takers)
        assert received == 100 * len(block)
        assert waited > 0

    in_asyncio(main())


def test_what_nobody_asks_for_is_not_read() -> None:
    async def main() -> None:
        server = nodenet.create_server(lambda socket: socket.end(b"x" * 50_000_000)).listen(0)
        socket = await connected(port_of(server), "127.0.0.1")
        chunks = socket.__aiter__()
        taken = len(await chunks.__anext__())
        for _ in range(200):
            await asyncio.sleep(0)
        assert socket.is_paused()
        # What it holds, and what the system gave in one go.
        assert socket.bytes_read - taken <= 3 * 65536
        taken += sum([len(chunk) async for chunk in chunks])
        assert taken == 50_000_000
        server.close()

    in_asyncio(main())


def test_timers_and_posts_wake_asyncio() -> None:
    async def main() -> None:
        loop = nodenet.default_loop()
        outer = asyncio.get_running_loop()
        fired: asyncio.Future[str] = outer.create_future()
        # Set outside of any turn, while asyncio would otherwise sleep.
        loop.set_timeout(fired.set_result, 20, "timer")
        assert await fired == "timer"
        posted: asyncio.Future[bool] = outer.create_future()

        def here() -> None:
            posted.set_result(threading.current_thread() is threading.main_thread())

        threading.Timer(0.02, loop.post, (here,)).start()
        assert await posted is True
        socket = nodenet.Socket()
        timed_out = aio.once(socket, "timeout")
        socket.set_timeout(20)
        assert await timed_out is None

    in_asyncio(main())


def test_errors(free_port: int) -> None:
    async def main() -> None:
        with pytest.raises(ConnectionRefusedError) as caught:
            await connected(free_port, "127.0.0.1")
        assert caught.value.port == free_port  # type: ignore[attr-defined]
        server = nodenet.create_server().listen(0, "127.0.0.1")
        server.on("connection", lambda socket: socket.once("data", lambda _: socket.reset_and_destroy()))
        socket = await connected(port_of(server), "127.0.0.1")
        socket.write(b"x")
        with pytest.raises(ConnectionResetError):
            async for _ in socket:
                pass
        with pytest.raises(nodenet.Error) as late:
            await aio.write(socket, b"x")
        assert late.value.code == "ERR_STREAM_DESTROYED"
        destroyed = nodenet.Socket()
        waiting = aio.once(destroyed, "connect")
        destroyed.destroy()
        with pytest.raises(nodenet.Error, match="closed before the event 'connect'"):
            await waiting

    in_asyncio(main())


def test_unheard_errors_go_to_asyncio(free_port: int) -> None:
    contexts: list[dict[str, Any]] = []

    async def main() -> None:
        outer = asyncio.get_running_loop()
        told: asyncio.Future[None] = outer.create_future()

        def handler(outer: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
            contexts.append(context)
            told.set_result(None)

        outer.set_exception_handler(handler)
        socket = nodenet.connect(free_port, "127.0.0.1")
        closed = asyncio.Event()
        socket.on("close", lambda _: closed.set())
        await told
        # The loop goes on by itself.
        await closed.wait()

    in_asyncio(main())
    (context,) = contexts
    assert isinstance(context["exception"], ConnectionRefusedError)


def test_cancelling_a_wait_takes_its_listeners_away() -> None:
    async def main() -> None:
        server = nodenet.create_server().listen(0, "127.0.0.1")
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(aio.once(server, "connection"), 0.01)
        assert [server.listener_count(event) for event in ("connection", "error", "close")] == [0, 0, 0]
        server.close()

    in_asyncio(main())


def test_after_detach_the_loop_is_its_own_again() -> None:
    got: list[str] = []
    loop = nodenet.Loop().make_default()

    async def main() -> None:
        with aio.attach() as attachment:
            assert attachment.loop is loop
            loop.post(got.append, "attached")
            while not got:
                await asyncio.sleep(0)
        attachment.detach()

    asyncio.run(main())
    loop.set_timeout(got.append, 1, "alone")
    loop.run()
    loop.close()
    assert got == ["attached", "alone"]


def test_closing_a_loop_detaches_it() -> None:
    async def main() -> None:
        for inside in (False, True, False):
            # Each time the descriptor has the same number again.
            loop = nodenet.Loop()
            attachment = aio.attach(loop=loop)
            with pytest.raises(nodenet.Misuse, match="attached already"):
                aio.attach(loop=loop)
            done = asyncio.get_running_loop().create_future()
            loop.post(done.set_result, None)
            await done
            if inside:
                loop.post(loop.close)
                while not loop.closed:
                    await asyncio.sleep(0)
            loop.close()
            assert loop.closed
        attachment.detach()

    asyncio.run(asyncio.wait_for(main(), LIMIT))


def test_many_connections_at_once() -> None:
    async def main() -> None:
        server = nodenet.create_server(lambda socket: socket.on("data", socket.write)).listen(0, "127.0.0.1")
        port = port_of(server)

        async def talk(i: int) -> None:
            message = f"{i}".encode()
            if i % 2:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(message)
                assert await reader.readexactly(len(message)) == message
                writer.close()
                await writer.wait_closed()
            else:
                socket = await connected(port, "127.0.0.1")
                socket.write(message)
                assert await aio.once(socket, "data") == message
                socket.end()

        await asyncio.gather(*(talk(i) for i in range(200)))
        server.close()
        await aio.once(server, "close")

    in_asyncio(main())
