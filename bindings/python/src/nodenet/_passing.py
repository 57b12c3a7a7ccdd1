"""Handles that go to another process, or have come from one."""

from __future__ import annotations

import ctypes
from ctypes import c_int
from functools import partial
from typing import TYPE_CHECKING, Any, Callable

from . import _ffi
from ._bound_socket import BoundSocket
from ._library import lib
from .errors import from_number

if TYPE_CHECKING:
    from ._server import Server
    from ._socket import Socket

KINDS = {
    _ffi.NET_HANDLE_LOST: "lost",
    _ffi.NET_HANDLE_TCP_SOCKET: "tcp_socket",
    _ffi.NET_HANDLE_TCP_SERVER: "tcp_server",
    _ffi.NET_HANDLE_LOCAL_SOCKET: "local_socket",
    _ffi.NET_HANDLE_LOCAL_SERVER: "local_server",
    _ffi.NET_HANDLE_OTHER: "other",
}


def sender(handle: Socket | Server | BoundSocket | int, keep_open: bool) -> Callable[..., int]:
    """What sends such a handle: called with the socket, the bytes, their number and the completion."""
    from ._server import Server
    from ._socket import Socket

    if isinstance(handle, Socket):
        return partial(_send, lib.net_socket_send_socket, (handle._handle, bool(keep_open)))
    if isinstance(handle, Server):
        return partial(_send, lib.net_socket_send_server, (handle._handle,))
    if isinstance(handle, BoundSocket):
        return partial(_send, lib.net_socket_send_bound_socket, (handle._handle,))
    if isinstance(handle, int):
        return partial(_send, lib.net_socket_send_fd, (handle,))
    raise TypeError(f"handle must be a Socket, Server, BoundSocket or int, not {type(handle).__name__}")


def _send(function: Any, what: tuple[int, ...], ipc: int, raw: bytes, length: int, *done: Any) -> int:
    result: int = function(ipc, raw, length, *what, *done)
    return result


def taken(take: Any, ipc: int, *options: None) -> int:
    """What is told of, in the library's hands, or the reason why not."""
    error = c_int(0)
    handle: int | None = take(ipc, *options, ctypes.byref(error))
    if not handle:
        raise from_number(error.value)
    return handle
