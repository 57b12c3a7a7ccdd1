"""What happens in a loop, told to a function: Node's NODE_DEBUG=net."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable

from . import _ffi
from ._library import lib
from ._registry import slots

if TYPE_CHECKING:
    from ._loop import Loop
    from ._server import Server
    from ._socket import Socket

KINDS = {
    _ffi.NET_TRACE_CONNECT: "connect",
    _ffi.NET_TRACE_LOOKUP: "lookup",
    _ffi.NET_TRACE_ATTEMPT: "attempt",
    _ffi.NET_TRACE_ATTEMPT_FAILED: "attempt_failed",
    _ffi.NET_TRACE_CONNECTED: "connected",
    _ffi.NET_TRACE_READ_START: "read_start",
    _ffi.NET_TRACE_READ_STOP: "read_stop",
    _ffi.NET_TRACE_READ: "read",
    _ffi.NET_TRACE_READ_END: "read_end",
    _ffi.NET_TRACE_WRITE: "write",
    _ffi.NET_TRACE_END: "end",
    _ffi.NET_TRACE_TIMEOUT: "timeout",
    _ffi.NET_TRACE_DESTROY: "destroy",
    _ffi.NET_TRACE_CLOSE: "close",
    _ffi.NET_TRACE_LISTEN: "listen",
    _ffi.NET_TRACE_ACCEPT: "accept",
    _ffi.NET_TRACE_DROP: "drop",
    _ffi.NET_TRACE_SERVER_CLOSE: "server_close",
}


@dataclass(frozen=True)
class Trace:
    """One thing that happened. `socket` and `server` are None for who has nothing to do with it, or is not known to
    the program yet, as a socket that has just been accepted; `error` is the name of a code."""

    kind: str
    text: str
    bytes: int
    error: str | None
    socket: Socket | None
    server: Server | None


class Tracer:
    """Who is told, as long as the library holds it."""

    __slots__ = ("_fn", "_loop")

    def __init__(self, loop: Loop, fn: Callable[[Trace], object]) -> None:
        self._loop = loop
        self._fn = fn

    def tell(self, what: Any) -> None:
        known = self._loop._objects
        trace = Trace(
            kind=KINDS.get(what.kind, str(what.kind)),
            text=what.text.decode(errors="surrogateescape"),
            bytes=what.bytes,
            error=lib.net_error_name(what.error).decode() if what.error else None,
            socket=known.get(what.socket),
            server=known.get(what.server),
        )
        self._loop._call(self._fn, (trace,))


@_ffi.thunk(_ffi.net_trace_fn)
def on_trace(_loop: int, trace: Any, user: int) -> None:
    tracer = slots.get(user)
    if tracer is not None:
        tracer.tell(trace.contents)
