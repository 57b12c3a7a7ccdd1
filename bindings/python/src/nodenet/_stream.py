"""A socket for coroutines: `aio.connect`, and what a server of `aio.listen` gives."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from types import TracebackType
from typing import Any, Callable

from ._attachment import attached
from ._gate import Gate
from ._library import lib
from ._socket import Data, Socket
from .errors import BrokenPipe, ConnectionAborted

# How much may be read in search of a separator.
LIMIT = 64 * 1024


class Flushed:
    """What `Stream.write` and `Stream.end` give: may be awaited, and need not be."""

    __slots__ = ("_wait",)

    def __init__(self, wait: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._wait = wait

    def __await__(self) -> Generator[Any, None, None]:
        return self._wait().__await__()


class _Room(Flushed):
    """What a write gives after which there is room for more: nothing to wait for."""

    __slots__ = ()

    def __init__(self) -> None:
        pass

    def __await__(self) -> Generator[Any, None, None]:
        return iter(())  # type: ignore[return-value]


_ROOM = _Room()


class Stream:
    """A connected `socket` for coroutines.

    What is waited for may be cancelled at any moment: not a byte is lost. One coroutine may read while others write.
    An error of the connection is raised by whoever waits or comes later, once what was read before has been taken.
    """

    def __init__(self, socket: Socket, *, limit: int = LIMIT) -> None:
        if limit <= 0:
            raise ValueError("limit must be positive")
        self._socket = socket
        self._limit = limit
        # What came from the socket and nobody has taken; bytes beyond the high water mark stay with the system.
        self._buffer = bytearray()
        self._error: BaseException | None = None
        self._told = False
        self._ended = socket.readable_ended
        self._closed = socket.closed
        # Whether the socket may have read what nobody has taken from it.
        self._unread = True
        # Of the coroutine that waits for input.
        self._reader: asyncio.Future[None] | None = None
        self._output = Gate()
        self._events: dict[str, Callable[..., object]] = {
            "connect": self._output.open,
            "readable": self._on_readable,
            "end": self._on_end,
            "drain": self._output.open,
            "finish": self._output.open,
            "error": self._on_error,
            "close": self._on_close,
        }
        if not self._closed:
            for event, listener in self._events.items():
                socket.on(event, listener)

    @property
    def socket(self) -> Socket:
        """The socket itself: addresses, counters, settings. Reading and writing are better left to the stream."""
        return self._socket

    # ---- reading ----
    async def read(self, n: int = -1) -> bytes:
        """Up to `n` bytes, at least one; all up to the end if `n` is negative. Nothing means that this is the end."""
        if n == 0:
            return b""
        if self._reader is not None:
            self._raise_if_read()
        if n < 0:
            while await self._fill():
                pass
            return self._take(len(self._buffer))
        while not self._buffer:
            # To the caller without a detour by way of the buffer.
            chunk = self._next() if self._unread else None
            if chunk is not None:
                if len(chunk) <= n:
                    return chunk
                self._buffer += chunk
            elif self._ended:
                return b""
            else:
                await self._wait_for_input()
        return self._take(min(n, len(self._buffer)))

    async def readexactly(self, n: int) -> bytes:
        """`n` bytes; asyncio.IncompleteReadError, with what there was, if the end comes before."""
        if n < 0:
            raise ValueError("n must not be negative")
        self._raise_if_read()
        while len(self._buffer) < n:
            if not await self._fill():
                raise asyncio.IncompleteReadError(self._take(len(self._buffer)), n)
        return self._take(n)

    async def readuntil(self, separator: bytes = b"\n") -> bytes:
        """All up to `separator` and with it.

        asyncio.IncompleteReadError, with what there was, if the end comes before; asyncio.LimitOverrunError if it does
        not come within the limit: then nothing is taken.
        """
        if not separator:
            raise ValueError("the separator must not be empty")
        self._raise_if_read()
        begin = 0
        while True:
            found = self._buffer.find(separator, begin)
            if found > self._limit or (found < 0 and len(self._buffer) > self._limit + len(separator)):
                raise asyncio.LimitOverrunError("the separator is not within the limit", max(found, begin))
            if found >= 0:
                return self._take(found + len(separator))
            begin = max(0, len(self._buffer) + 1 - len(separator))
            if not await self._fill():
                raise asyncio.IncompleteReadError(self._take(len(self._buffer)), None)

    async def readline(self) -> bytes:
        """A line with its end; the last one may be without. A line beyond the limit is thrown away: ValueError."""
        try:
            return await self.readuntil(b"\n")
        except asyncio.IncompleteReadError as incomplete:
            return incomplete.partial
        except asyncio.LimitOverrunError as overrun:
            line_end = self._buffer.find(b"\n", overrun.consumed)
            self._take(line_end + 1 if line_end >= 0 else len(self._buffer))
            raise ValueError("the line is beyond the limit") from overrun

    def at_eof(self) -> bool:
        """Whether the end has come and all before it has been taken."""
        return self._ended and not self._buffer

    def __aiter__(self) -> Stream:
        """Chunk after chunk, as they come, until the end."""
        return self

    async def __anext__(self) -> bytes:
        chunk = await self.read(self._limit)
        if not chunk:
            raise StopAsyncIteration
        return chunk

    async def _fill(self) -> bool:
        """Adds to the buffer what comes next; False at the end."""
        while not (self._unread and self._add()):
            if self._ended:
                return False
            await self._wait_for_input()
        return True

    async def _wait_for_input(self) -> None:
        if self._closed or self._error is not None:
            # Nobody would wake who waits now.
            self._raise_if_over()
        self._reader = asyncio.get_running_loop().create_future()
        try:
            await self._reader
        finally:
            self._reader = None

    def _wake_reader(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def _raise_if_read(self) -> None:
        if self._reader is not None:
            raise RuntimeError("another coroutine is reading from this stream")

    def _add(self) -> bool:
        """Adds to the buffer what the socket has; whether there was anything."""
        chunk = self._next()
        if chunk is None:
            return False
        self._buffer += chunk
        return True

    def _next(self) -> bytes | None:
        """What the socket has, one piece of it."""
        chunk = None if self._closed else self._socket._loop._arrivals.take(self._socket._handle)
        if chunk is None:
            # `readable` tells of more.
            self._unread = False
        return chunk

    def _take(self, n: int) -> bytes:
        if n == len(self._buffer):
            taken = bytes(self._buffer)
            self._buffer.clear()
            return taken
        with memoryview(self._buffer) as view:
            taken = bytes(view[:n])
        del self._buffer[:n]
        return taken

    # ---- writing ----
    def write(self, data: Data) -> Flushed:
        """Writes at once what the system takes, and the rest later. Await the result, or `drain`, before too much
        waits. BrokenPipeError if the writing side is ended, as it is after the peer's end without `allow_half_open`."""
        socket = self._socket
        if self._error is not None or lib.net_socket_writable(socket._handle) != 1:
            self._raise_if_over()
            self._raise_if_ended()
        return _ROOM if socket.write(data) else Flushed(self.drain)

    async def drain(self) -> None:
        """Until there is room for more: what waits is no longer beyond the high water mark."""
        self._raise_if_over()
        while self._socket.writable_need_drain:
            await self._output.wait()
            self._raise_if_over()

    def end(self, data: Data | None = None) -> Flushed:
        """Ends the writing side; reading goes on. Await the result until all is with the system."""
        if data is not None:
            self._raise_if_over()
            self._raise_if_ended()
        if not self._socket.writable_ended:
            self._socket.end(data)
        return Flushed(self._finished)

    async def _finished(self) -> None:
        while not self._socket.writable_finished:
            self._raise_if_over()
            await self._output.wait()

    def _raise_if_ended(self) -> None:
        if self._socket.writable_ended:
            raise BrokenPipe("the writing side is ended", code="ERR_STREAM_WRITE_AFTER_END")

    # ---- the end ----
    def close(self) -> None:
        """Closes, once what was written is with the system."""
        if not self._closed:
            self._socket.destroy_soon()

    def destroy(self, error: BaseException | None = None) -> None:
        """Closes now."""
        if not self._closed:
            self._socket.destroy(error)

    async def wait_closed(self) -> None:
        """Until it is closed; raises the error that closed it if nobody was told yet."""
        while not self._closed:
            await self._output.wait()
        if self._error is not None and not self._told:
            self._raise_if_over()

    @property
    def closed(self) -> bool:
        return self._closed

    async def __aenter__(self) -> Stream:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes and waits for it; after an exception, or if the waiting is cancelled, without sending what is left."""
        if error is not None:
            self._told = True
            self.destroy()
        else:
            self.close()
        try:
            await self.wait_closed()
        except asyncio.CancelledError:
            self.destroy()
            raise

    def __repr__(self) -> str:
        return f"<Stream of {self._socket!r}>"

    # ---- events ----
    def _on_readable(self) -> None:
        # Taken by the reader and not here: an end that came right behind may end the writing side too, and whoever
        # reads has something to answer first.
        self._unread = True
        reader = self._reader
        if reader is not None and not reader.cancelled():
            self._wake_reader()
        elif not self._socket.readable_length:
            # The end: it is told when there is nothing left to read, and somebody asked.
            self._add()

    def _on_end(self) -> None:
        self._ended = True
        self._wake_reader()

    def _on_error(self, error: BaseException) -> None:
        self._error = error
        self._wake()

    def _on_close(self, _had_error: bool) -> None:
        self._closed = True
        # The socket and its stream no longer hold each other.
        for event, listener in self._events.items():
            self._socket.off(event, listener)
        self._events.clear()
        self._wake()

    def _wake(self) -> None:
        self._wake_reader()
        self._output.open()

    def _raise_if_over(self) -> None:
        if self._error is not None:
            self._told = True
            # Raised again and again, it would collect the frames of all that raised it.
            raise self._error.with_traceback(None)
        if self._closed or self._socket.destroyed:
            raise ConnectionAborted("the socket is closed", code="ERR_STREAM_DESTROYED")


class Connecting:
    """What `aio.connect` gives: `await` it, or use it with `async with`."""

    def __init__(self, port: int | None, host: str | None, limit: int, options: dict[str, Any]) -> None:
        self._begin = (port, host, limit, options)
        self._stream: Stream | None = None

    def __await__(self) -> Generator[Any, None, Stream]:
        return self._connect().__await__()

    async def __aenter__(self) -> Stream:
        self._stream = await self._connect()
        return self._stream

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            await stream.__aexit__(kind, error, trace)

    async def _connect(self) -> Stream:
        from . import connect

        port, host, limit, options = self._begin
        options = {**options, "loop": attached(options.get("loop"))}
        socket = connect(port, host, **options)
        try:
            stream = Stream(socket, limit=limit)
        except BaseException:
            socket.destroy()
            raise
        try:
            while socket.connecting and stream._error is None:
                stream._raise_if_over()
                await stream._output.wait()
            stream._raise_if_over()
        except BaseException:
            stream.destroy()
            raise
        return stream
