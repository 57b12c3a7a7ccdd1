"""nodenet: the networking of Node.js in Python. Servers and sockets over TCP and Unix sockets, in events."""

from __future__ import annotations

from typing import Callable

from . import _ffi
from ._address import Address, PathLike, milliseconds
from ._block_list import BlockList
from ._bound_socket import BoundSocket
from ._library import lib
from ._lookup import Lookup, LookupOptions, LookupReply
from ._loop import Loop, Metrics
from ._loop_group import LoopGroup
from ._onread import OnRead
from ._server import DropInfo, Server
from ._socket import PeerCredentials, Socket
from ._socket_address import SocketAddress
from ._threaded import ThreadedLoop
from ._timer import Timer
from ._tracing import Trace
from ._waiter import Waiter, once
from .errors import AggregateError, Error, InvalidArgument, LookupFailed, Misuse, NetworkError, check

__all__ = [
    "ADDRCONFIG",
    "ALL",
    "V4MAPPED",
    "Address",
    "AggregateError",
    "BlockList",
    "BoundSocket",
    "DropInfo",
    "Error",
    "InvalidArgument",
    "LookupFailed",
    "LookupOptions",
    "LookupReply",
    "Loop",
    "LoopGroup",
    "Metrics",
    "Misuse",
    "NetworkError",
    "OnRead",
    "PeerCredentials",
    "Server",
    "Socket",
    "SocketAddress",
    "ThreadedLoop",
    "Timer",
    "Trace",
    "Waiter",
    "connect",
    "create_server",
    "default_loop",
    "get_default_auto_select_family",
    "get_default_auto_select_family_attempt_timeout",
    "is_ip",
    "is_ipv4",
    "is_ipv6",
    "once",
    "run",
    "set_default_auto_select_family",
    "set_default_auto_select_family_attempt_timeout",
]

__version__: str = lib.net_version().decode()

# Hints for name lookup: bits of `hints`.
ADDRCONFIG = _ffi.NET_HINT_ADDRCONFIG
V4MAPPED = _ffi.NET_HINT_V4MAPPED
ALL = _ffi.NET_HINT_ALL


def create_server(
    connection_listener: Callable[[Socket], object] | None = None,
    *,
    allow_half_open: bool = False,
    pause_on_connect: bool = False,
    no_delay: bool = False,
    keep_alive: bool = False,
    keep_alive_initial_delay: float = 0,
    high_water_mark: int = 65536,
    block_list: BlockList | None = None,
    ipc: bool = False,
    loop: Loop | None = None,
) -> Server:
    """A new Server; the listener hears `connection`. The options are those of each accepted socket.

    A peer that is on `block_list` is closed without an event.
    """
    server = Server(
        allow_half_open=allow_half_open,
        pause_on_connect=pause_on_connect,
        no_delay=no_delay,
        keep_alive=keep_alive,
        keep_alive_initial_delay=keep_alive_initial_delay,
        high_water_mark=high_water_mark,
        block_list=block_list,
        ipc=ipc,
        loop=loop,
    )
    if connection_listener is not None:
        server.on("connection", connection_listener)
    return server


def connect(
    port: int | None = None,
    host: str | None = None,
    *,
    path: PathLike | None = None,
    family: int = 0,
    hints: int = 0,
    local_address: str | None = None,
    local_port: int = 0,
    lookup: Lookup | None = None,
    auto_select_family: bool | None = None,
    auto_select_family_attempt_timeout: float | None = None,
    timeout: float = 0,
    connect_listener: Callable[[], object] | None = None,
    allow_half_open: bool = False,
    no_delay: bool = False,
    keep_alive: bool = False,
    keep_alive_initial_delay: float = 0,
    type_of_service: int | None = None,
    high_water_mark: int = 65536,
    block_list: BlockList | None = None,
    onread: OnRead | None = None,
    ipc: bool = False,
    loop: Loop | None = None,
) -> Socket:
    """A new Socket that connects to a port of `host` ("localhost") or to a path."""
    socket = Socket(
        allow_half_open=allow_half_open,
        no_delay=no_delay,
        keep_alive=keep_alive,
        keep_alive_initial_delay=keep_alive_initial_delay,
        type_of_service=type_of_service,
        high_water_mark=high_water_mark,
        block_list=block_list,
        onread=onread,
        ipc=ipc,
        loop=loop,
    )
    return socket.connect(
        port,
        host,
        path=path,
        family=family,
        hints=hints,
        local_address=local_address,
        local_port=local_port,
        lookup=lookup,
        auto_select_family=auto_select_family,
        auto_select_family_attempt_timeout=auto_select_family_attempt_timeout,
        timeout=timeout,
        connect_listener=connect_listener,
    )


def default_loop() -> Loop:
    """The loop that is used in this thread when none is given."""
    return Loop.default()


def run() -> None:
    """Runs this thread's default loop until nothing is left to wait for."""
    Loop.default().run()


def is_ip(text: str) -> int:
    """4, 6, or 0 if it is no IP address."""
    raw = text.encode()
    return check(lib.net_is_ip(raw, len(raw)))


def is_ipv4(text: str) -> bool:
    return is_ip(text) == 4


def is_ipv6(text: str) -> bool:
    return is_ip(text) == 6


def get_default_auto_select_family() -> bool:
    return check(lib.net_get_default_auto_select_family()) == 1


def set_default_auto_select_family(enable: bool) -> None:
    """Whether connects of this process try all addresses of a name unless told otherwise."""
    check(lib.net_set_default_auto_select_family(bool(enable)))


def get_default_auto_select_family_attempt_timeout() -> int:
    return int(lib.net_get_default_auto_select_family_attempt_timeout())


def set_default_auto_select_family_attempt_timeout(timeout: float) -> None:
    """Milliseconds for each attempt but the last."""
    check(lib.net_set_default_auto_select_family_attempt_timeout(milliseconds(timeout, "timeout")))
