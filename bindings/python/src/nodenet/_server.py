"""Server: listens, and gives a Socket for every connection."""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Iterator
from ctypes import c_int, c_int64
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Callable

from . import _ffi, _values
from ._address import Address, PathLike, checked_port, encoded_host, encoded_path, ip_of, milliseconds
from ._block_list import BlockList, handle_of
from ._bound_socket import BoundSocket
from ._completion import Completion, Request, server_counted, server_done
from ._emitter import Emitter, bindings, dispatch
from ._library import lib
from ._lookup import Lookup, ask_to_listen
from ._loop import Loop
from ._moving import Journey, server_arrives
from ._registry import DROP, hold, slots
from ._socket import Socket
from .errors import Given, InvalidArgument, check, from_pointer

if TYPE_CHECKING:
    from ._threaded import ThreadedLoop

_REASONS = {_ffi.NET_DROP_MAX_CONNECTIONS: "max_connections", _ffi.NET_DROP_NO_FDS: "no_fds"}


@dataclass(frozen=True)
class DropInfo:
    """A connection that was not let in; the addresses are None on a path. `reason`: "max_connections" or "no_fds"."""

    reason: str
    local_address: str | None
    local_port: int | None
    local_family: str | None
    remote_address: str | None
    remote_port: int | None
    remote_family: str | None


def _drop_info(info: _ffi.net_drop_info) -> DropInfo:
    none = (None, None, None)
    local, remote = ip_of(info.local), ip_of(info.remote)
    return DropInfo(
        _REASONS.get(info.reason, str(info.reason)),
        *((local.address, local.port, local.family) if local else none),
        *((remote.address, remote.port, remote.family) if remote else none),
    )


@_ffi.thunk(_ffi.net_server_fn)
def _on_listening(_server: int, user: int) -> None:
    dispatch(user, ())


@_ffi.thunk(_ffi.net_server_connection_fn)
def _on_connection(_server: int, socket: int, user: int) -> None:
    slot = slots.get(user)
    server = slot[0]() if slot is not None else None
    if server is not None:
        server._emit("connection", (Socket._accepted(server._loop, socket),))


@_ffi.thunk(_ffi.net_server_fn)
def _on_close(_server: int, user: int) -> None:
    slot = slots.get(user)
    server = slot[0]() if slot is not None else None
    if server is not None:
        server._emit_close(())


@_ffi.thunk(_ffi.net_server_error_fn)
def _on_error(_server: int, error: Any, user: int) -> None:
    slot = slots.get(user)
    server = slot[0]() if slot is not None else None
    if server is not None:
        server._emit_error(from_pointer(error))


@_ffi.thunk(_ffi.net_server_drop_fn)
def _on_drop(_server: int, info: Any, user: int) -> None:
    dispatch(user, (_drop_info(info.contents),))


def options_of_accepted(
    *,
    allow_half_open: bool,
    pause_on_connect: bool,
    no_delay: bool,
    keep_alive: bool,
    keep_alive_initial_delay: float,
    high_water_mark: int,
    block_list: BlockList | None,
    ipc: bool,
) -> _ffi.net_server_options:
    return _ffi.net_server_options(
        allow_half_open=bool(allow_half_open),
        pause_on_connect=bool(pause_on_connect),
        no_delay=bool(no_delay),
        keep_alive=bool(keep_alive),
        keep_alive_initial_delay=milliseconds(keep_alive_initial_delay, "keep_alive_initial_delay"),
        high_water_mark=high_water_mark,
        block_list=handle_of(block_list),
        ipc=bool(ipc),
    )


class Server(Emitter):
    """Events: listening(), connection(socket), close(), error(error), drop(info)."""

    _bindings = bindings(
        "server",
        {
            "listening": _on_listening,
            "connection": _on_connection,
            "close": _on_close,
            "error": _on_error,
            "drop": _on_drop,
        },
    )

    def __init__(
        self,
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
    ) -> None:
        """With `ipc`, handles may come and go over each socket that it accepts on a path."""
        loop = loop if loop is not None else Loop.default()
        loop._check_open()
        options = options_of_accepted(
            allow_half_open=allow_half_open,
            pause_on_connect=pause_on_connect,
            no_delay=no_delay,
            keep_alive=keep_alive,
            keep_alive_initial_delay=keep_alive_initial_delay,
            high_water_mark=high_water_mark,
            block_list=block_list,
            ipc=ipc,
        )
        handle = lib.net_server_new(loop._handle, ctypes.byref(options))
        if not handle:
            raise InvalidArgument("the server's options were refused", code="EINVAL", number=_ffi.NET_EINVAL)
        self._given: list[Given] = []
        super().__init__(loop, handle, "net_server_free")

    @classmethod
    def _arrived(cls, loop: Loop, handle: int) -> Server:
        """The object for a server that came from another loop or process."""
        server = cls.__new__(cls)
        server._given = []
        Emitter.__init__(server, loop, handle, "net_server_free")
        server._opened()
        return server

    def move(self, to: Loop | ThreadedLoop, fn: Callable[[Server], object]) -> None:
        """Moves a listening server, with what waits to be accepted, to another loop, usually another thread's.

        There `fn` is called with the new Server. This one is dead at once, its listeners stay behind; the sockets that
        it accepted stay in their loop. Refused with ERR_WORKER_HANDLE_NOT_TRANSFERABLE if it does not listen.
        """
        loop = to if isinstance(to, Loop) else to.loop
        key = hold(Journey(loop, fn))
        check(lib.net_server_move(self._handle, loop._handle, server_arrives, key, DROP))
        self._moved()

    def listen(
        self,
        port: int | None = None,
        host: str | None = None,
        *,
        path: PathLike | None = None,
        fd: int | None = None,
        handle: BoundSocket | Server | Socket | None = None,
        backlog: int = 511,
        ipv6_only: bool = False,
        reuse_port: bool = False,
        exclusive: bool = False,
        readable_all: bool = False,
        writable_all: bool = False,
        lookup: Lookup | None = None,
        callback: Callable[[], object] | None = None,
    ) -> Server:
        """Listens on a port (none or 0: one the system chooses), a path, fd or handle; `listening` or `error` follows.

        A handle is a BoundSocket, which is adopted; another server of the loop that listens: both have one socket then,
        connections come to the one that listened last, and the first to close ends both; or a Socket of the loop that
        has adopted a BoundSocket and is not connected, which is closed. `lookup` is asked for the addresses of a
        host that is a name, in place of the system.
        """
        if path is not None and (port is not None or host is not None):
            raise InvalidArgument("listen takes a path, or a port and host, not both", code="ERR_INVALID_ARG_VALUE")
        options = _ffi.net_listen_options(
            port=checked_port(port) if port is not None else 0,
            backlog=backlog,
            ipv6_only=bool(ipv6_only),
            reuse_port=bool(reuse_port),
            exclusive=bool(exclusive),
            readable_all=bool(readable_all),
            writable_all=bool(writable_all),
        )
        if host:
            options.host = name = encoded_host(host)
            options.host_len = len(name)
        if path is not None:
            options.path = where = encoded_path(path)
            options.path_len = len(where)
        if fd is not None:
            options.fd = fd
        if handle is not None:
            options.handle = handle._handle
        if lookup is not None:
            options.lookup = ask_to_listen
            options.lookup_user = hold((weakref.ref(self), lookup))
            options.lookup_drop = DROP
        check(lib.net_server_listen(self._handle, ctypes.byref(options)))
        self._opened()
        if callback is not None:
            self.once("listening", callback)
        return self

    def close(self, callback: Completion | None = None) -> Server:
        """Accepts no more; `close` follows when the last accepted socket is gone. `callback` gets None or an error."""
        if callback is None:
            check(lib.net_server_close(self._handle))
        else:
            key = hold(Request(self, callback))
            check(lib.net_server_close_cb(self._handle, server_done, key, DROP))
        self._opened()
        return self

    def shutdown(self, grace: float) -> Server:
        """A graceful stop: closes the server, ends each of its sockets, and destroys those left after `grace` ms."""
        check(lib.net_server_shutdown(self._handle, milliseconds(grace, "grace")))
        self._opened()
        return self

    def sockets(self) -> Iterator[Socket]:
        """The accepted sockets that are not destroyed. They may be destroyed on the way."""
        handle = lib.net_server_next_socket(self._handle, None)
        while handle:
            yield Socket._accepted(self._loop, handle)
            handle = lib.net_server_next_socket(self._handle, handle)

    def address(self) -> Address | str | None:
        """Address(address, family, port); the path for one on a path; None if it does not listen."""
        return _values.any_address(lib.net_server_address, self._handle)

    def get_connections(self, callback: Callable[[BaseException | None, int], object]) -> Server:
        """Calls back later with (error or None, the number of accepted sockets not yet closed)."""
        key = hold(Request(self, callback))
        check(lib.net_server_get_connections(self._handle, server_counted, key, DROP))
        return self

    @property
    def listening(self) -> bool:
        return _values.flag(lib.net_server_listening, self._handle)

    @property
    def max_connections(self) -> int | None:
        """How many accepted sockets may be open; None: as many as come."""
        limit = _values.number(lib.net_server_max_connections, self._handle, c_int64)
        return None if limit == _ffi.NET_NO_LIMIT else limit

    @max_connections.setter
    def max_connections(self, limit: int | None) -> None:
        check(lib.net_server_set_max_connections(self._handle, _ffi.NET_NO_LIMIT if limit is None else limit))

    @property
    def fd(self) -> int | None:
        """The system's descriptor of the listening socket."""
        return _values.optional(lib.net_server_fd, self._handle, c_int)

    def ref(self) -> Server:
        check(lib.net_server_ref(self._handle))
        return self

    def unref(self) -> Server:
        """Lets the loop end although the server listens."""
        check(lib.net_server_unref(self._handle))
        return self

    def _emit_error(self, error: BaseException | None) -> None:
        # A failed listen has no `close`: unless a listener tries again, nothing more will come.
        self._open = False
        self._emit("error", (error,))
        if not self._open and lib.net_server_listening(self._handle) != 1:
            self._loop._pinned.pop(self._handle, None)

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes it if it listens; the sockets it accepted go on."""
        if not self._loop.closed and self.listening:
            self.close()

    def __repr__(self) -> str:
        if self._loop.closed or lib.net_server_listening(self._handle) != 1:
            return "<nodenet.Server closed>"
        return f"<nodenet.Server {self.address()!r}>"
