"""Timer: a call later, once or again and again."""

from __future__ import annotations

import weakref
from types import TracebackType
from typing import Callable

from . import _ffi
from ._address import milliseconds
from ._library import lib
from ._loop import Loop
from ._registry import DROP, hold, slots
from .errors import OutOfMemory, check


@_ffi.thunk(_ffi.net_timer_fn)
def _fire(_timer: int, user: int) -> None:
    slot = slots.get(user)
    timer = slot() if slot is not None else None
    if timer is not None:
        timer._fired()


class Timer:
    """Times are milliseconds. A running timer keeps its loop running unless it is unref'd."""

    def __init__(self, loop: Loop | None = None) -> None:
        self._loop = loop if loop is not None else Loop.default()
        self._loop._check_open()
        handle = lib.net_timer_new(self._loop._handle)
        if not handle:
            raise OutOfMemory("no new timer", code="ENOMEM", number=_ffi.NET_ENOMEM)
        self._handle: int = handle
        self._callback: Callable[..., object] | None = None
        self._args: tuple[object, ...] = ()
        self._repeats = False
        finalizer = weakref.finalize(self, self._loop._reaper.bury, "net_timer_free", handle)
        finalizer.atexit = False

    def start(
        self, callback: Callable[..., object], delay: float, *, repeat: float = 0, args: tuple[object, ...] = ()
    ) -> Timer:
        """Starts anew: `callback(*args)` after `delay`, then every `repeat` if that is not 0."""
        first, again = milliseconds(delay, "delay"), milliseconds(repeat, "repeat")
        if not callable(callback):
            raise TypeError(f"the callback is not callable: {callback!r}")
        key = hold(weakref.ref(self))
        check(lib.net_timer_start(self._handle, first, again, _fire, key, DROP))
        self._callback = callback
        self._args = args
        self._repeats = again > 0
        self._loop._pinned[self._handle] = self
        self._loop._timers_changed()
        return self

    def stop(self) -> Timer:
        check(lib.net_timer_stop(self._handle))
        self._unpin()
        return self

    def _fired(self) -> None:
        callback, args = self._callback, self._args
        if not self._repeats:
            self._unpin()
        if callback is not None:
            self._loop._call(callback, args)

    def _unpin(self) -> None:
        self._callback = None
        self._args = ()
        self._loop._pinned.pop(self._handle, None)

    @property
    def active(self) -> bool:
        return check(lib.net_timer_active(self._handle)) == 1

    @property
    def loop(self) -> Loop:
        return self._loop

    def ref(self) -> Timer:
        check(lib.net_timer_ref(self._handle))
        return self

    def unref(self) -> Timer:
        """Lets the loop end although the timer runs."""
        check(lib.net_timer_unref(self._handle))
        return self

    def __enter__(self) -> Timer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._loop.closed:
            self.stop()
