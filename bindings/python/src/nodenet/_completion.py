"""Callbacks of requests: each is called exactly once, with the error or None."""

from __future__ import annotations

from typing import Any, Callable, Optional

from . import _ffi
from ._emitter import Emitter
from ._registry import slots
from .errors import from_pointer

Completion = Callable[[Optional[BaseException]], object]


class Request:
    """Holds its server or socket until the library has answered."""

    __slots__ = ("fn", "owner")

    def __init__(self, owner: Emitter, fn: Callable[..., object]) -> None:
        self.owner = owner
        self.fn = fn


def _complete(user: int, error: Any, *more: object) -> None:
    request = slots.get(user)
    if request is not None:
        request.owner._loop._call(request.fn, (from_pointer(error), *more))


@_ffi.thunk(_ffi.net_socket_error_fn)
def socket_done(_socket: int, error: Any, user: int) -> None:
    _complete(user, error)


@_ffi.thunk(_ffi.net_server_error_fn)
def server_done(_server: int, error: Any, user: int) -> None:
    _complete(user, error)


@_ffi.thunk(_ffi.net_server_count_fn)
def server_counted(_server: int, error: Any, count: int, user: int) -> None:
    _complete(user, error, count)
