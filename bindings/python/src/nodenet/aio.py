"""nodenet in asyncio: streams and servers for coroutines, and `attach` for those who listen to events there."""

from __future__ import annotations

import asyncio
from typing import Any

from ._attachment import Attachment, attached
from ._listening import Listening, Server, listen, start_server
from ._loop import Loop
from ._socket import Data, Socket
from ._stream import LIMIT, Connecting, Stream
from ._waiter import Waiter, once

__all__ = [
    "Attachment",
    "Connecting",
    "Listening",
    "Server",
    "Stream",
    "attach",
    "attached",
    "connect",
    "drained",
    "listen",
    "once",
    "start_server",
    "write",
]


def attach(outer: asyncio.AbstractEventLoop | None = None, loop: Loop | None = None) -> Attachment:
    """Runs `loop` (this thread's default one) inside `outer` (the asyncio loop that is running)."""
    return Attachment(
        outer if outer is not None else asyncio.get_running_loop(), loop if loop is not None else Loop.default()
    )


def connect(port: int | None = None, host: str | None = None, *, limit: int = LIMIT, **options: Any) -> Connecting:
    """A connected `Stream`, once awaited; the options are those of `nodenet.connect`."""
    return Connecting(port, host, limit, options)


async def drained(socket: Socket) -> None:
    """Until writing can go on; for a socket without a stream."""
    if socket.writable_need_drain:
        await once(socket, "drain")


async def write(socket: Socket, data: Data) -> None:
    """Writes, and waits until the bytes are handed to the system; raises the error of the write."""
    waiter: Waiter[None] = Waiter()

    def done(error: BaseException | None) -> None:
        if waiter.set_running_or_notify_cancel():
            if error is None:
                waiter.set_result(None)
            else:
                waiter.set_exception(error)

    socket.write(data, done)
    await waiter
