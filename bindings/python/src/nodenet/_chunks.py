"""`async for chunk in socket`."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from ._waiter import Waiter
from .errors import Error

if TYPE_CHECKING:
    from ._socket import Socket


class Chunks:
    """What a socket reads, one chunk at a time; while nobody takes them the socket is paused."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._ready: deque[bytes] = deque()
        self._waiter: Waiter[None] | None = None
        self._ended = socket.readable_ended or socket.closed
        self._error: BaseException | None = None
        socket.on("data", self._data).on("end", self._end).on("error", self._failed).on("close", self._close)

    def __aiter__(self) -> Chunks:
        return self

    async def __anext__(self) -> bytes:
        while not self._ready:
            if self._error is not None:
                error, self._error, self._ended = self._error, None, True
                raise error
            if self._ended:
                raise StopAsyncIteration
            self._waiter = Waiter()
            self._socket.resume()
            await self._waiter
        return self._ready.popleft()

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and waiter.set_running_or_notify_cancel():
            waiter.set_result(None)

    def _data(self, chunk: bytes) -> None:
        self._ready.append(chunk)
        self._socket.pause()
        self._wake()

    def _end(self) -> None:
        self._ended = True
        self._wake()

    def _failed(self, error: BaseException) -> None:
        self._error = error
        self._wake()

    def _close(self, _had_error: bool) -> None:
        if not self._ended and self._error is None:
            self._error = Error("closed before the end", code="ERR_STREAM_PREMATURE_CLOSE")
        self._wake()
