"""Sockets and servers that go to the loop of another thread."""

from __future__ import annotations

from typing import Any, Callable

from . import _ffi
from ._loop import Loop
from ._registry import slots


class Journey:
    """Where it goes, and who is told of the arrival."""

    __slots__ = ("fn", "to")

    def __init__(self, to: Loop, fn: Callable[[Any], object]) -> None:
        self.to = to
        self.fn = fn


@_ffi.thunk(_ffi.net_socket_fn)
def socket_arrives(socket: int, user: int) -> None:
    from ._socket import Socket

    journey = slots.get(user)
    if journey is not None:
        journey.to._call(journey.fn, (Socket._accepted(journey.to, socket),))


@_ffi.thunk(_ffi.net_server_fn)
def server_arrives(server: int, user: int) -> None:
    from ._server import Server

    journey = slots.get(user)
    if journey is not None:
        journey.to._call(journey.fn, (Server._arrived(journey.to, server),))
