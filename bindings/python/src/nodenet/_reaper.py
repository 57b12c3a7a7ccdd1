"""Frees handles in the thread of their loop, whichever thread their Python objects died in."""

from __future__ import annotations

import threading
from collections import deque

from . import _ffi
from ._library import lib
from ._registry import NO_DROP, hold, slots

# Threads inside a wake hook, which may not call the library: what dies there waits for the next turn.
hooking: set[int] = set()


class Reaper:
    """One per loop. Finalizers run at any moment in any thread, so all they do is `bury`."""

    def __init__(self, loop: int) -> None:
        self._loop = loop
        self._dead: deque[tuple[str, int]] = deque()
        self._posted = False
        self._closed = False
        self._key = hold(self)

    def bury(self, free: str, handle: int) -> None:
        if self._closed:
            return
        self._dead.append((free, handle))
        if self._posted or threading.get_ident() in hooking:
            return
        self._posted = True
        if lib.net_loop_post(self._loop, _flush, self._key, NO_DROP) < 0:
            self._posted = False

    def flush(self) -> None:
        """Loop thread only."""
        self._posted = False
        while self._dead:
            free, handle = self._dead.popleft()
            getattr(lib, free)(handle)

    def close(self) -> None:
        self._closed = True
        self._dead.clear()
        slots.pop(self._key, None)


@_ffi.thunk(_ffi.net_loop_fn)
def _flush(_loop: int, user: int) -> None:
    reaper = slots.get(user)
    if reaper is not None:
        reaper.flush()
