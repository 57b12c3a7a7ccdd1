"""Socket: one connection over TCP or a path, or the making of one."""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Iterable
from ctypes import c_int, c_size_t, c_uint32, c_uint64, string_at
from types import TracebackType
from typing import TYPE_CHECKING, Any, Callable, NamedTuple, Union

from . import _ffi, _values
from ._address import Address, PathLike, checked_port, encoded_host, encoded_path, ip_of, milliseconds, text_of
from ._block_list import BlockList, handle_of
from ._bound_socket import BoundSocket
from ._completion import Completion, Request, socket_done
from ._emitter import Emitter, bindings, dispatch
from ._library import lib
from ._lookup import Lookup, ask
from ._loop import Loop
from ._moving import Journey, socket_arrives
from ._onread import OnRead, option
from ._passing import KINDS, sender, taken
from ._registry import DROP, NO_DROP, hold, slots
from .errors import Error, Given, InvalidArgument, check, from_number, from_pointer

if TYPE_CHECKING:
    from ._chunks import Chunks
    from ._server import Server
    from ._threaded import ThreadedLoop

Data = Union[bytes, bytearray, memoryview]

_NO_COMPLETION = _ffi.net_socket_error_fn()


@_ffi.thunk(_ffi.net_socket_fn)
def _on_plain(_socket: int, user: int) -> None:
    dispatch(user, ())


@_ffi.thunk(_ffi.net_socket_data_fn)
def _on_data(_socket: int, data: int, length: int, user: int) -> None:
    dispatch(user, (string_at(data, length),))


@_ffi.thunk(_ffi.net_socket_error_fn)
def _on_error(_socket: int, error: Any, user: int) -> None:
    dispatch(user, (from_pointer(error),))


@_ffi.thunk(_ffi.net_socket_close_fn)
def _on_close(_socket: int, had_error: int, user: int) -> None:
    slot = slots.get(user)
    socket = slot[0]() if slot is not None else None
    if socket is not None:
        socket._emit_close((had_error != 0,))


@_ffi.thunk(_ffi.net_socket_lookup_fn)
def _on_lookup(_socket: int, error: Any, address: Any, host: bytes | None, user: int) -> None:
    found: tuple[str | None, int | None] = (None, None)
    if address and address.contents.family:
        found = (text_of(address.contents), address.contents.family)
    dispatch(user, (from_pointer(error), *found, host.decode() if host is not None else None))


@_ffi.thunk(_ffi.net_socket_pipe_fn)
def _on_pipe(_socket: int, source: int, user: int) -> None:
    slot = slots.get(user)
    socket = slot[0]() if slot is not None else None
    if socket is not None:
        dispatch(user, (socket._loop._objects.get(source),))


def _attempt(address: Any) -> tuple[str, int | None, int | None]:
    ip = ip_of(address.contents)
    return (ip.address, ip.port, address.contents.family) if ip else (text_of(address.contents), None, None)


@_ffi.thunk(_ffi.net_socket_attempt_fn)
def _on_attempt(_socket: int, address: Any, user: int) -> None:
    dispatch(user, _attempt(address))


@_ffi.thunk(_ffi.net_socket_attempt_failed_fn)
def _on_attempt_failed(_socket: int, address: Any, error: Any, user: int) -> None:
    dispatch(user, (*_attempt(address), from_pointer(error)))


@_ffi.thunk(_ffi.net_socket_handle_fn)
def _on_handle(_socket: int, kind: int, user: int) -> None:
    dispatch(user, (KINDS.get(kind, "other"),))


_THUNKS: dict[str, Any] = {
    "data": _on_data,
    "error": _on_error,
    "close": _on_close,
    "pipe": _on_pipe,
    "unpipe": _on_pipe,
    "lookup": _on_lookup,
    "connection_attempt": _on_attempt,
    "connection_attempt_failed": _on_attempt_failed,
    "connection_attempt_timeout": _on_attempt,
    "handle": _on_handle,
}


def _bytes_of(data: Data) -> bytes:
    if isinstance(data, bytes):
        return data
    if isinstance(data, (bytearray, memoryview)):
        return bytes(data)
    raise TypeError(f"data must be bytes, bytearray or memoryview, not {type(data).__name__}")


class PeerCredentials(NamedTuple):
    """A process, if the system tells it, its effective user and group."""

    pid: int | None
    uid: int
    gid: int


class Socket(Emitter):
    """Events: connect(), ready(), data(bytes), readable(), end(), drain(), finish(), timeout(), error(error),
    close(had_error), pause(), resume(), pipe(source), unpipe(source; None if it is gone),
    lookup(error, address, family, host),
    connection_attempt(address, port, family), connection_attempt_failed(address, port, family, error),
    connection_attempt_timeout(address, port, family), handle(kind).
    """

    _bindings = bindings("socket", {event: _THUNKS.get(event, _on_plain) for event in _ffi.SOCKET_EVENTS})

    def __init__(
        self,
        *,
        allow_half_open: bool = False,
        no_delay: bool = False,
        keep_alive: bool = False,
        keep_alive_initial_delay: float = 0,
        type_of_service: int | None = None,
        high_water_mark: int = 65536,
        fd: int | None = None,
        readable: bool = True,
        writable: bool = True,
        block_list: BlockList | None = None,
        handle: BoundSocket | None = None,
        onread: OnRead | None = None,
        ipc: bool = False,
        loop: Loop | None = None,
    ) -> None:
        """With `fd`, a connected stream socket or pipe is taken over; else `connect` follows, from `handle` if any.

        With `ipc`, servers and sockets come and go over it, if it is a Unix socket: see `send` and `handle`.
        """
        loop = loop if loop is not None else Loop.default()
        loop._check_open()
        options = _ffi.net_socket_options(
            allow_half_open=bool(allow_half_open),
            no_delay=bool(no_delay),
            keep_alive=bool(keep_alive),
            keep_alive_initial_delay=milliseconds(keep_alive_initial_delay, "keep_alive_initial_delay"),
            type_of_service=-1 if type_of_service is None else type_of_service,
            high_water_mark=high_water_mark,
            fd=-1 if fd is None else fd,
            readable=bool(readable),
            writable=bool(writable),
            block_list=handle_of(block_list),
            handle=handle._handle if handle is not None else None,
            ipc=bool(ipc),
        )
        # Asked for a buffer inside the call, if it has a handle from the beginning.
        self._onread = onread
        self._loop = loop
        if onread is not None:
            options.onread = ctypes.pointer(option(self, onread))
        error = c_int(0)
        made = lib.net_socket_new(loop._handle, ctypes.byref(options), ctypes.byref(error))
        if not made:
            raise from_number(error.value)
        self._own(loop, made)
        if fd is not None:
            self._opened()

    @classmethod
    def _accepted(cls, loop: Loop, handle: int) -> Socket:
        """The one object for a socket that a server accepted."""
        known = loop._objects.get(handle)
        if isinstance(known, Socket):
            return known
        # Without this the library frees the handle after `close`, under the hands of whoever still asks it something.
        check(lib.net_socket_keep(handle))
        socket = cls.__new__(cls)
        socket._own(loop, handle)
        socket._opened()
        return socket

    @classmethod
    def pair(cls, *, ipc: bool = True, loop: Loop | None = None) -> tuple[Socket, int]:
        """A Unix socket, and the descriptor at its other end for a process that is about to be started.

        Give it to the process (`subprocess.Popen(..., pass_fds=[fd])`), which makes a `Socket(fd=fd, ipc=True)` of it,
        and close it here, so that the end of the process is the end of the connection.
        """
        loop = loop if loop is not None else Loop.default()
        loop._check_open()
        options = _ffi.net_socket_options(ipc=bool(ipc))
        fd, error = c_int(-1), c_int(0)
        made = lib.net_socket_pair(loop._handle, ctypes.byref(options), ctypes.byref(fd), ctypes.byref(error))
        if not made:
            raise from_number(error.value)
        socket = cls.__new__(cls)
        socket._own(loop, made)
        socket._opened()
        return socket, fd.value

    _onread: OnRead | None = None

    def _own(self, loop: Loop, handle: int) -> None:
        self._given: list[Given] = []
        self._lookup: Lookup | None = None
        self._lookup_key = 0
        super().__init__(loop, handle, "net_socket_free")

    def move(self, to: Loop | ThreadedLoop, fn: Callable[[Socket], object]) -> None:
        """Moves a connected socket of which nothing was read or written to another loop, usually another thread's.

        There `fn` is called with the new Socket, which reads nothing before it is asked to. This one is dead at once,
        its listeners stay behind. Refused with ERR_WORKER_HANDLE_NOT_TRANSFERABLE once reading or writing has begun.
        """
        loop = to if isinstance(to, Loop) else to.loop
        key = hold(Journey(loop, fn))
        check(lib.net_socket_move(self._handle, loop._handle, socket_arrives, key, DROP))
        self._moved()

    # ---- connecting ----
    def connect(
        self,
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
    ) -> Socket:
        """Connects to a port of `host` ("localhost"), or to a path; `connect` or `error` follows."""
        if path is None and port is None:
            raise from_number(_ffi.NET_ERR_MISSING_ARGS)
        options = _ffi.net_connect_options(
            port=checked_port(port) if port is not None else 0,
            local_port=checked_port(local_port, "local_port"),
            family=family,
            hints=hints,
            auto_select_family=-1 if auto_select_family is None else int(bool(auto_select_family)),
            timeout=milliseconds(timeout, "timeout"),
        )
        if auto_select_family_attempt_timeout is not None:
            options.auto_select_family_attempt_timeout = milliseconds(
                auto_select_family_attempt_timeout, "auto_select_family_attempt_timeout"
            )
        if host:
            options.host = name = encoded_host(host)
            options.host_len = len(name)
        if path is not None:
            options.path = where = encoded_path(path)
            options.path_len = len(where)
        if local_address is not None:
            options.local_address = local = local_address.encode()
            options.local_address_len = len(local)
        if lookup is not None:
            if self._lookup_key == 0:
                self._lookup_key = hold(weakref.ref(self))
                weakref.finalize(self, slots.pop, self._lookup_key, None).atexit = False
            options.lookup = ask
            options.lookup_user = self._lookup_key
        before, self._lookup = self._lookup, lookup
        was_open = self._open
        # Before the call: a lookup of the program may be asked inside it.
        self._opened()
        result = lib.net_socket_connect(self._handle, ctypes.byref(options))
        if result < 0:
            self._lookup = before
            if not was_open:
                self._open = False
                self._loop._pinned.pop(self._handle, None)
            check(result)
        self._loop._timers_changed()
        if connect_listener is not None:
            self.once("connect", connect_listener)
        return self

    # ---- writing ----
    def write(self, data: Data, callback: Completion | None = None) -> bool:
        """False: wait for `drain` before writing more. The callback gets an error or None when the bytes are gone."""
        raw = data if type(data) is bytes else _bytes_of(data)
        if not self._open:
            self._expect_close()
        if callback is None:
            result: int = lib.net_socket_write(self._handle, raw, len(raw))
            return result == 1 or check(result) == 1
        key = hold(Request(self, callback))
        return check(lib.net_socket_write_cb(self._handle, raw, len(raw), socket_done, key, DROP)) == 1

    def writev(self, chunks: Iterable[Data], callback: Completion | None = None) -> bool:
        """Writes several pieces as one: one system call where it can be, one completion."""
        raws = [_bytes_of(chunk) for chunk in chunks]
        buffers = (_ffi.net_buf * len(raws))()
        for buffer, raw in zip(buffers, raws):
            buffer.data = ctypes.cast(ctypes.c_char_p(raw), ctypes.c_void_p)
            buffer.len = len(raw)
        if not self._open:
            self._expect_close()
        if callback is None:
            result = lib.net_socket_writev(self._handle, buffers, len(raws), _NO_COMPLETION, None, NO_DROP)
        else:
            key = hold(Request(self, callback))
            result = lib.net_socket_writev(self._handle, buffers, len(raws), socket_done, key, DROP)
        return check(result) == 1

    # ---- to and from other processes ----
    def send(
        self,
        data: Data,
        handle: Socket | Server | BoundSocket | int,
        *,
        keep_open: bool = False,
        callback: Completion | None = None,
    ) -> bool:
        """Writes `data`, at least one byte, and with it a handle, over a socket with `ipc`. Returns what `write` does.

        A connection goes away from here, and `close` follows, unless `keep_open`; a server, a bound socket and a
        descriptor (an int) are then in both processes.
        """
        raw = _bytes_of(data)
        send = sender(handle, keep_open)
        if callback is None:
            return check(send(self._handle, raw, len(raw), _NO_COMPLETION, None, NO_DROP)) == 1
        key = hold(Request(self, callback))
        return check(send(self._handle, raw, len(raw), socket_done, key, DROP)) == 1

    def take_socket(self) -> Socket:
        """The connection that the event `handle` tells of; only while it is told. It reads at once."""
        return Socket._accepted(self._loop, taken(lib.net_socket_take_socket, self._handle, None))

    def take_server(self) -> Server:
        """The server that `handle` tells of; it listens, and `listening` follows."""
        from ._server import Server

        return Server._arrived(self._loop, taken(lib.net_socket_take_server, self._handle, None))

    def take_bound_socket(self) -> BoundSocket:
        return BoundSocket._arrived(taken(lib.net_socket_take_bound_socket, self._handle))

    def take_fd(self) -> int:
        """Whatever `handle` tells of as a descriptor, which is the caller's to close."""
        return _values.number(lib.net_socket_take_fd, self._handle, c_int)

    def end(self, data: Data | None = None, callback: Completion | None = None) -> Socket:
        """Sends what is left, `data` last, and then the end. The callback gets an error or None when that is done."""
        raw = None if data is None else _bytes_of(data)
        if not self._open and callback is None:
            callback = _ignore
        if raw is None and callback is None:
            check(lib.net_socket_end(self._handle))
            return self
        length = 0 if raw is None else len(raw)
        if callback is None:
            check(lib.net_socket_end_cb(self._handle, raw, length, _NO_COMPLETION, None, NO_DROP))
        else:
            key = hold(Request(self, callback))
            check(lib.net_socket_end_cb(self._handle, raw, length, socket_done, key, DROP))
        return self

    def cork(self) -> Socket:
        check(lib.net_socket_cork(self._handle))
        return self

    def uncork(self) -> Socket:
        check(lib.net_socket_uncork(self._handle))
        return self

    # ---- ending ----
    def destroy(self, error: BaseException | None = None) -> Socket:
        """Ends the connection at once; `error` is what listeners of `error` get. `close` follows."""
        self._expect_close()
        if error is None:
            check(lib.net_socket_destroy(self._handle, None))
        else:
            given = Given(error)
            if not self.destroyed:
                self._given.append(given)
            check(lib.net_socket_destroy(self._handle, ctypes.byref(given.struct())))
        return self

    def destroy_soon(self) -> Socket:
        """Destroys when all that was written is out."""
        self._expect_close()
        check(lib.net_socket_destroy_soon(self._handle))
        return self

    def reset_and_destroy(self) -> Socket:
        """Destroys so that the peer gets a reset instead of an end."""
        self._expect_close()
        check(lib.net_socket_reset_and_destroy(self._handle))
        return self

    def _expect_close(self) -> None:
        """A socket that never was connected emits `close` after this call, too; one that was destroyed has done so."""
        if not self._open and not self.destroyed:
            self._opened()

    # ---- reading ----
    def pause(self) -> Socket:
        check(lib.net_socket_pause(self._handle))
        return self

    def resume(self) -> Socket:
        check(lib.net_socket_resume(self._handle))
        return self

    def pipe(self, destination: Socket, *, end: bool = True) -> Socket:
        """Writes all that is read here to `destination`, a socket of the same loop, no faster than that takes it.

        Unless `end` is false, `destination` is ended when this socket has ended. Returns `destination`, as Node does.
        """
        check(lib.net_socket_pipe(self._handle, destination._handle, end))
        return destination

    def unpipe(self, destination: Socket | None = None) -> Socket:
        """Undoes a pipe to `destination`, or all of them; this socket is paused when none is left."""
        check(lib.net_socket_unpipe(self._handle, None if destination is None else destination._handle))
        return self

    def is_paused(self) -> bool:
        return _values.flag(lib.net_socket_is_paused, self._handle)

    def read(self, size: int | None = None) -> bytes | None:
        """Paused mode: exactly `size` bytes, or without it a piece as it came; None if there are not so many (yet)."""
        if size is None:
            return self._loop._arrivals.take(self._handle)
        if size < 0:
            raise ValueError("size must not be negative")
        length = c_size_t(0)
        buffer = ctypes.create_string_buffer(max(size, 1))
        if check(lib.net_socket_read(self._handle, buffer, size, ctypes.byref(length))) != 1:
            return None
        return ctypes.string_at(buffer, length.value)

    def __aiter__(self) -> Chunks:
        """`async for chunk in socket`: until the end; an error is raised. What is not asked for yet stays unread."""
        from ._chunks import Chunks

        return Chunks(self)

    # ---- settings ----
    def set_timeout(self, timeout: float, callback: Callable[[], object] | None = None) -> Socket:
        """`timeout` is emitted after so many milliseconds without activity; 0: never. The callback hears it once."""
        check(lib.net_socket_set_timeout(self._handle, milliseconds(timeout, "timeout")))
        self._loop._timers_changed()
        if callback is not None:
            if timeout:
                self.once("timeout", callback)
            else:
                self.off("timeout", callback)
        return self

    def set_no_delay(self, no_delay: bool = True) -> Socket:
        check(lib.net_socket_set_no_delay(self._handle, bool(no_delay)))
        return self

    def set_keep_alive(
        self, enable: bool = False, initial_delay: float = 0, interval: float = 1000, count: int = 10
    ) -> Socket:
        """Times are milliseconds, taken in whole seconds. If one of the last three is 0, they are left as they are."""
        delay, between = milliseconds(initial_delay, "initial_delay"), milliseconds(interval, "interval")
        if isinstance(count, bool) or not isinstance(count, int):
            raise TypeError(f"count must be an int, not {type(count).__name__}")
        if not 0 <= count < 2**32:
            raise InvalidArgument(f"count is out of range: {count}", code="ERR_OUT_OF_RANGE")
        check(lib.net_socket_set_keep_alive_probes(self._handle, bool(enable), delay, between, count))
        return self

    @property
    def peer_credentials(self) -> PeerCredentials | None:
        """Who is at the other end of a connected local socket; None over TCP."""
        found = _ffi.net_peer_credentials()
        if not check(lib.net_socket_peer_credentials(self._handle, ctypes.byref(found))):
            return None
        return PeerCredentials(None if found.pid < 0 else found.pid, found.uid, found.gid)

    def set_send_buffer_size(self, size: int) -> Socket:
        """Bytes of the system's buffer for what is sent; systems count in their own way."""
        check(lib.net_socket_set_send_buffer_size(self._handle, size))
        return self

    def set_receive_buffer_size(self, size: int) -> Socket:
        """Bytes of the system's buffer for what is received, better before connecting."""
        check(lib.net_socket_set_receive_buffer_size(self._handle, size))
        return self

    @property
    def send_buffer_size(self) -> int | None:
        """What the system says; before there is a connection, what was set."""
        return _values.optional(lib.net_socket_send_buffer_size, self._handle, c_uint32)

    @property
    def receive_buffer_size(self) -> int | None:
        return _values.optional(lib.net_socket_receive_buffer_size, self._handle, c_uint32)

    def set_type_of_service(self, type_of_service: int) -> Socket:
        check(lib.net_socket_set_type_of_service(self._handle, type_of_service))
        return self

    def get_type_of_service(self) -> int:
        return check(lib.net_socket_type_of_service(self._handle))

    def ref(self) -> Socket:
        check(lib.net_socket_ref(self._handle))
        return self

    def unref(self) -> Socket:
        """Lets the loop end although the socket is open."""
        check(lib.net_socket_unref(self._handle))
        return self

    # ---- addresses ----
    def address(self) -> Address | str | None:
        """The local address: Address(address, family, port), a path, or None."""
        return _values.any_address(lib.net_socket_address, self._handle)

    @property
    def local_address(self) -> str | None:
        """The path for one that was bound to a path."""
        address = _values.any_address(lib.net_socket_local_address, self._handle)
        return address.address if isinstance(address, Address) else address

    @property
    def local_family(self) -> str | None:
        address = _values.ip_address(lib.net_socket_local_address, self._handle)
        return address.family if address else None

    @property
    def local_port(self) -> int | None:
        address = _values.ip_address(lib.net_socket_local_address, self._handle)
        return address.port if address else None

    @property
    def remote_address(self) -> str | None:
        address = _values.ip_address(lib.net_socket_remote_address, self._handle)
        return address.address if address else None

    @property
    def remote_family(self) -> str | None:
        address = _values.ip_address(lib.net_socket_remote_address, self._handle)
        return address.family if address else None

    @property
    def remote_port(self) -> int | None:
        address = _values.ip_address(lib.net_socket_remote_address, self._handle)
        return address.port if address else None

    @property
    def auto_select_family_attempted_addresses(self) -> list[str] | None:
        """ "address:port" of each attempt begun; None if there was nothing to choose."""
        count = _values.optional(lib.net_socket_attempted_addresses, self._handle, c_size_t)
        if count is None:
            return None
        attempted = []
        for index in range(count):
            out = _ffi.net_address()
            check(lib.net_socket_attempted_address(self._handle, index, ctypes.byref(out)))
            attempted.append(f"{text_of(out)}:{out.port}")
        return attempted

    # ---- counters and state ----
    @property
    def bytes_read(self) -> int:
        return _values.number(lib.net_socket_bytes_read, self._handle, c_uint64)

    @property
    def bytes_written(self) -> int:
        return _values.number(lib.net_socket_bytes_written, self._handle, c_uint64)

    @property
    def buffer_size(self) -> int | None:
        return _values.optional(lib.net_socket_buffer_size, self._handle, c_size_t)

    @property
    def writable_length(self) -> int:
        return _values.number(lib.net_socket_writable_length, self._handle, c_size_t)

    @property
    def readable_length(self) -> int:
        return _values.number(lib.net_socket_readable_length, self._handle, c_size_t)

    @property
    def writable_high_water_mark(self) -> int:
        return _values.number(lib.net_socket_writable_high_water_mark, self._handle, c_size_t)

    @property
    def readable_high_water_mark(self) -> int:
        return _values.number(lib.net_socket_readable_high_water_mark, self._handle, c_size_t)

    @property
    def writable_need_drain(self) -> bool:
        return _values.flag(lib.net_socket_writable_need_drain, self._handle)

    @property
    def writable_corked(self) -> int:
        return _values.number(lib.net_socket_writable_corked, self._handle, c_size_t)

    @property
    def connecting(self) -> bool:
        return _values.flag(lib.net_socket_connecting, self._handle)

    @property
    def pending(self) -> bool:
        return _values.flag(lib.net_socket_pending, self._handle)

    @property
    def destroyed(self) -> bool:
        return _values.flag(lib.net_socket_destroyed, self._handle)

    @property
    def closed(self) -> bool:
        return _values.flag(lib.net_socket_closed, self._handle)

    @property
    def readable(self) -> bool:
        return _values.flag(lib.net_socket_readable, self._handle)

    @property
    def writable(self) -> bool:
        return _values.flag(lib.net_socket_writable, self._handle)

    @property
    def readable_ended(self) -> bool:
        return _values.flag(lib.net_socket_readable_ended, self._handle)

    @property
    def writable_ended(self) -> bool:
        return _values.flag(lib.net_socket_writable_ended, self._handle)

    @property
    def writable_finished(self) -> bool:
        return _values.flag(lib.net_socket_writable_finished, self._handle)

    @property
    def readable_flowing(self) -> bool | None:
        """None: neither mode was chosen yet."""
        flowing = _values.number(lib.net_socket_readable_flowing, self._handle, c_int)
        return None if flowing < 0 else flowing == 1

    @property
    def ready_state(self) -> str:
        """ "opening", "open", "readOnly", "writeOnly" or "closed": Node's words."""
        state = check(lib.net_socket_ready_state(self._handle))
        name: bytes = lib.net_ready_state_name(state)
        return name.decode()

    @property
    def errored(self) -> BaseException | None:
        """The error that the socket met."""
        out = _ffi.ERROR()
        return from_pointer(out) if check(lib.net_socket_errored(self._handle, ctypes.byref(out))) == 1 else None

    @property
    def timeout(self) -> int | None:
        """Milliseconds as given to `set_timeout`; None: it never was."""
        return _values.optional(lib.net_socket_timeout, self._handle, c_uint64)

    @timeout.setter
    def timeout(self, timeout: float) -> None:
        self.set_timeout(timeout)

    @property
    def allow_half_open(self) -> bool:
        return _values.flag(lib.net_socket_allow_half_open, self._handle)

    @allow_half_open.setter
    def allow_half_open(self, allow: bool) -> None:
        check(lib.net_socket_set_allow_half_open(self._handle, bool(allow)))

    @property
    def server(self) -> Server | None:
        """The server that accepted it."""
        found: Server | None = self._loop._objects.get(lib.net_socket_server(self._handle) or 0)
        return found

    @property
    def fd(self) -> int | None:
        """The system's descriptor."""
        return _values.optional(lib.net_socket_fd, self._handle, c_int)

    # ---- the rest ----
    def __enter__(self) -> Socket:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Destroys it."""
        if not self._loop.closed:
            self.destroy()

    def __repr__(self) -> str:
        try:
            return f"<nodenet.Socket {self.ready_state} {self.remote_address}:{self.remote_port}>"
        except Error:
            return "<nodenet.Socket gone>"


def _ignore(_error: BaseException | None) -> None:
    """Keeps a socket alive until its `end` is done: one that never connected has no `close` to wait for."""
