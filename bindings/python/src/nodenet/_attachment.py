"""A nodenet loop inside an asyncio loop: its turns run in asyncio's, so that all callbacks run there."""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType
from typing import Any

from . import _ffi
from ._library import lib
from ._loop import Loop
from ._reaper import hooking
from ._registry import DROP, NO_DROP, hold, slots
from .errors import Misuse, check


@_ffi.thunk(_ffi.net_loop_fn)
def _wake(_loop: int, user: int) -> None:
    attachment = slots.get(user)
    if attachment is not None:
        attachment._woken()


class Attachment:
    """A nodenet loop inside an asyncio loop, from `attach` to `detach`. A context manager."""

    def __init__(self, outer: asyncio.AbstractEventLoop, loop: Loop) -> None:
        if loop._embedder is not None:
            raise Misuse("the loop is attached already", code="EBUSY", number=_ffi.NET_EBUSY)
        self._outer = outer
        self._loop = loop
        self._fd = loop.fd
        self._owner = threading.get_ident()
        self._timer: asyncio.TimerHandle | None = None
        self._soon: asyncio.Handle | None = None
        self._attached = True
        self._key = hold(self)
        check(lib.net_loop_set_wake_hook(loop._handle, _wake, self._key, DROP))
        outer.add_reader(self._fd, self._turn)
        loop._embedder = self
        self._ask()

    @property
    def loop(self) -> Loop:
        return self._loop

    @property
    def outer(self) -> asyncio.AbstractEventLoop:
        return self._outer

    def detach(self) -> None:
        """Gives the loop back: its `run` works again. Nothing happens a second time."""
        if not self._attached:
            return
        self._attached = False
        if not self._outer.is_closed():
            self._outer.remove_reader(self._fd)
        for handle in (self._timer, self._soon):
            if handle is not None:
                handle.cancel()
        self._loop._embedder = None
        if not self._loop.closed:
            lib.net_loop_set_wake_hook(self._loop._handle, _ffi.net_loop_fn(), None, NO_DROP)

    def _turn(self) -> None:
        self._soon = None
        if self._attached:
            self._do(self._loop._poll_now)

    def _deferred(self) -> None:
        if self._attached and not self._loop._running:
            self._do(self._loop.run_deferred)

    def _do(self, work: Any) -> None:
        try:
            work()
        except Exception as error:
            # An `error` event without a listener, or a broken loop.
            self._outer.call_exception_handler(
                {"message": "unhandled error event in a nodenet loop", "exception": error, "nodenet_loop": self._loop}
            )
        finally:
            if self._loop.closed:
                self.detach()
            else:
                self._ask()

    def timers_changed(self) -> None:
        self._ask()

    def _ask(self) -> None:
        """Has asyncio run the next turn when it is due."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._attached or self._loop._running:
            return
        if self._outer.is_closed():
            self.detach()
            return
        due = self._loop.timeout
        if due == 0:
            if self._soon is None:
                self._soon = self._outer.call_soon(self._turn)
        elif due is not None:
            self._timer = self._outer.call_later(due / 1000, self._turn)

    def _woken(self) -> None:
        """The wake hook: something was queued. The library may not be called here, so asyncio does it later."""
        here = threading.get_ident()
        if here == self._owner and self._loop._running:
            return  # the turn itself will come to it
        hooking.add(here)
        try:
            if here == self._owner:
                self._outer.call_soon(self._deferred)
            else:
                self._outer.call_soon_threadsafe(self._deferred)
        except RuntimeError:
            pass  # asyncio's loop is closed: nobody is left to run anything
        finally:
            hooking.discard(here)

    def __enter__(self) -> Attachment:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.detach()


def attached(loop: Loop | None = None) -> Loop:
    """`loop` (this thread's default one), attached to the asyncio loop that is running if it is not attached yet."""
    outer = asyncio.get_running_loop()
    if loop is None:
        loop = Loop.default()
    embedder = loop._embedder
    if isinstance(embedder, Attachment):
        if embedder.outer is outer:
            return loop
        if embedder.outer.is_closed():
            # Of an asyncio.run that is over.
            embedder.detach()
    Attachment(outer, loop)
    return loop
