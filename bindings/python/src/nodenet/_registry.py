"""Numbers instead of pointers: the table behind every `user` argument given to the library.

All C callbacks are static thunks; what tells one registration from another is its key. The library calls DROP
exactly once for each key when it will not use it again.
"""

from __future__ import annotations

import itertools
from typing import Any

from . import _ffi

slots: dict[int, Any] = {}
_keys = itertools.count(1)


class Droppable:
    """A slot that wants to know when the library lets go of it."""

    __slots__ = ()

    def dropped(self) -> None:
        raise NotImplementedError


def hold(value: object) -> int:
    """Puts `value` into the table and gives its key."""
    key = next(_keys)
    slots[key] = value
    return key


@_ffi.thunk(_ffi.net_drop_fn)
def DROP(user: int | None) -> None:
    value = slots.pop(user, None) if user is not None else None
    if isinstance(value, Droppable):
        value.dropped()


NO_DROP = _ffi.net_drop_fn()
