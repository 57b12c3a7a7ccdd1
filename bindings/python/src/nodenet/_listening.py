"""A server for coroutines: `aio.listen` and `aio.start_server`."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Generator
from types import TracebackType
from typing import Any, Callable

from ._address import Address
from ._attachment import attached
from ._gate import Gate
from ._server import Server as EventServer
from ._socket import Socket
from ._stream import LIMIT, Stream
from .errors import ConnectionAborted

Handler = Callable[[Stream], Awaitable[object]]

# What `listen` hands to create_server; the rest is for server.listen.
_OF_THE_SERVER = frozenset(
    (
        "allow_half_open",
        "no_delay",
        "keep_alive",
        "keep_alive_initial_delay",
        "high_water_mark",
        "block_list",
    )
)


class Server:
    """A `server` that listens, for coroutines: `async for stream in server`.

    Connections that nobody has taken yet wait, with no more of them read than the high water mark; how many there are
    is limited by `server.max_connections` of the `server`. Closing it closes those, and leaves the others open.
    """

    def __init__(self, server: EventServer, handler: Handler | None, limit: int) -> None:
        self._server = server
        self._handler = handler
        self._limit = limit
        self._waiting: deque[Stream] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._error: BaseException | None = None
        self._closed = False
        self._gate = Gate()
        self._events: dict[str, Callable[..., object]] = {
            "listening": self._gate.open,
            "connection": self._on_connection,
            "error": self._on_error,
            "close": self._on_close,
        }
        for event, listener in self._events.items():
            server.on(event, listener)

    @property
    def server(self) -> EventServer:
        """The server itself: settings and events."""
        return self._server

    @property
    def port(self) -> int:
        """The port that it listens on; 0 for a path."""
        address = self.address()
        return address.port if isinstance(address, Address) else 0

    def address(self) -> Address | str | None:
        return self._server.address()

    # ---- accepting ----
    async def accept(self) -> Stream:
        """The next connection; ConnectionAbortedError when the server is closed."""
        if self._handler is not None:
            raise RuntimeError("the connections of this server go to its handler")
        while not self._waiting:
            self._raise_error()
            if not self._server.listening:
                raise ConnectionAborted("the server is closed", code="ERR_SERVER_NOT_RUNNING")
            await self._gate.wait()
        return self._waiting.popleft()

    def __aiter__(self) -> Server:
        return self

    async def __anext__(self) -> Stream:
        try:
            return await self.accept()
        except ConnectionAborted as closed:
            if closed.code != "ERR_SERVER_NOT_RUNNING":
                raise
            raise StopAsyncIteration from None

    async def serve_forever(self) -> None:
        """Until the server is closed; if this is cancelled, it closes the server."""
        try:
            await self.wait_closed()
        except asyncio.CancelledError:
            self.close()
            raise

    # ---- the end ----
    def close(self) -> None:
        """Listens no longer; connections that nobody took are closed."""
        if self._server.listening:
            self._server.close()
        while self._waiting:
            self._waiting.popleft().destroy()
        self._gate.open()

    async def wait_closed(self) -> None:
        """Until it is closed, and so is every connection."""
        while not self._closed:
            self._raise_error()
            await self._gate.wait()
        self._raise_error()

    async def __aenter__(self) -> Server:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes and waits until every connection is closed; after an exception, handlers are cancelled."""
        self.close()
        if error is not None:
            await self._cancel_handlers()
            return
        try:
            await self.wait_closed()
        except asyncio.CancelledError:
            await self._cancel_handlers()
            raise

    async def _cancel_handlers(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def __repr__(self) -> str:
        return f"<aio.Server of {self._server!r}>"

    # ---- events ----
    def _on_connection(self, socket: Socket) -> None:
        stream = Stream(socket, limit=self._limit)
        if self._handler is not None:
            task = asyncio.get_running_loop().create_task(self._handle(self._handler, stream))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            self._waiting.append(stream)
            self._gate.open()

    async def _handle(self, handler: Handler, stream: Stream) -> None:
        try:
            async with stream:
                await handler(stream)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            asyncio.get_running_loop().call_exception_handler(
                {"message": "unhandled exception in a handler of nodenet.aio", "exception": error, "nodenet": stream}
            )

    def _on_error(self, error: BaseException) -> None:
        self._error = error
        self._gate.open()

    def _on_close(self) -> None:
        self._closed = True
        for event, listener in self._events.items():
            self._server.off(event, listener)
        self._events.clear()
        self._gate.open()

    def _raise_error(self) -> None:
        error, self._error = self._error, None
        if error is not None:
            raise error


class Listening:
    """What `aio.listen` gives: `await` it, or use it with `async with`."""

    def __init__(
        self, handler: Handler | None, port: int | None, host: str | None, limit: int, options: dict[str, Any]
    ) -> None:
        self._begin = (handler, port, host, limit, options)
        self._server: Server | None = None

    def __await__(self) -> Generator[Any, None, Server]:
        return self._listen().__await__()

    async def __aenter__(self) -> Server:
        self._server = await self._listen()
        return self._server

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        server, self._server = self._server, None
        if server is not None:
            await server.__aexit__(kind, error, trace)

    async def _listen(self) -> Server:
        handler, port, host, limit, options = self._begin
        loop = attached(options.get("loop"))
        own = {name: value for name, value in options.items() if name in _OF_THE_SERVER}
        rest = {name: value for name, value in options.items() if name not in own and name != "loop"}
        server = Server(EventServer(loop=loop, **own), handler, limit)
        try:
            server._server.listen(port, host, **rest)
            while not server._server.listening:
                server._raise_error()
                await server._gate.wait()
        except BaseException:
            # It may be looking up its host still.
            server._server.close()
            server.close()
            raise
        return server


def listen(port: int | None = None, host: str | None = None, *, limit: int = LIMIT, **options: Any) -> Listening:
    """A `Server` that listens, once awaited; the options are those of `nodenet.create_server` and `server.listen`."""
    return Listening(None, port, host, limit, options)


def start_server(
    handler: Handler, port: int | None = None, host: str | None = None, *, limit: int = LIMIT, **options: Any
) -> Listening:
    """`listen`, and a task for each connection: `await handler(stream)`, after which the stream is closed."""
    return Listening(handler, port, host, limit, options)
