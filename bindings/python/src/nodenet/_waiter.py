"""Events as futures: to wait for from a coroutine (of asyncio, or run by a ThreadedLoop) or from another thread."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Generator
from typing import Any, TypeVar

from ._emitter import Emitter
from .errors import Error

T = TypeVar("T")


class Waiter(concurrent.futures.Future[T]):
    """A concurrent.futures.Future that can be awaited too, inside asyncio and inside `ThreadedLoop.run`."""

    def __await__(self) -> Generator[Any, None, T]:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            if not self.done():
                yield self
            return self.result()
        return (yield from asyncio.wrap_future(self).__await__())


def once(emitter: Emitter, event: str) -> Waiter[Any]:
    """The next `event`: its argument, or a tuple of several, or None. An `error` that comes first is raised, and so is
    a `close` after which the event cannot come any more."""
    waiter: Waiter[Any] = Waiter()
    event = emitter._event(event)

    def take_away() -> None:
        emitter.off(event, arrived)
        emitter.off("error", failed)
        emitter.off("close", closed)

    def finish() -> bool:
        take_away()
        return waiter.set_running_or_notify_cancel()

    def arrived(*args: object) -> None:
        if finish():
            waiter.set_result(args[0] if len(args) == 1 else args or None)

    def failed(error: BaseException) -> None:
        if finish():
            waiter.set_exception(error)

    def closed(*_args: object) -> None:
        if finish():
            waiter.set_exception(Error(f"closed before the event {event!r}", code="ERR_SOCKET_CLOSED"))

    def done(_: Waiter[Any]) -> None:
        # A cancelled wait must not go on swallowing errors. Elsewhere than in the loop's thread that has to wait.
        if waiter.cancelled() and threading.get_ident() == emitter.loop._thread_id:
            take_away()

    emitter.on(event, arrived)
    if event != "error":
        emitter.on("error", failed)
    if event != "close":
        emitter.on("close", closed)
    waiter.add_done_callback(done)  # type: ignore[arg-type]
    return waiter
