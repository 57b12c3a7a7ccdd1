"""LoopGroup: loops in threads of their own that serve together."""

from __future__ import annotations

import ctypes
import threading
from ctypes import c_int, c_size_t
from types import TracebackType
from typing import Any, Callable

from . import _exit, _ffi, _values
from ._address import Address, PathLike, checked_port, encoded_host, encoded_path, ip_of, milliseconds, text_of
from ._block_list import BlockList
from ._library import lib
from ._loop import ExceptionHandler, Loop
from ._registry import DROP, Droppable, hold, slots
from ._server import options_of_accepted
from ._socket import Socket
from .errors import Error, InvalidArgument, check, from_number, from_pointer

_SHARES = {
    "auto": _ffi.NET_SHARE_AUTO,
    "reuse_port": _ffi.NET_SHARE_REUSE_PORT,
    "hand_over": _ffi.NET_SHARE_HAND_OVER,
}


class _Told(Droppable):
    """Who is told of what happens in the threads, until the last of them has ended."""

    __slots__ = ("handler", "loops", "on_error", "on_start", "on_stop")

    def __init__(
        self,
        on_start: Callable[[Loop, int], object] | None,
        on_stop: Callable[[Loop, int], object] | None,
        on_error: Callable[[Loop, Error], object] | None,
        handler: ExceptionHandler | None,
    ) -> None:
        self.on_start = on_start
        self.on_stop = on_stop
        self.on_error = on_error
        self.handler = handler
        # By thread.
        self.loops: dict[int, Loop] = {}

    def dropped(self) -> None:
        self.loops.clear()


@_ffi.thunk(_ffi.net_loop_group_fn)
def _on_start(handle: int, index: int, user: int) -> None:
    told = slots.get(user)
    if told is None:
        return
    loop = Loop._of_group(handle)
    loop.set_exception_handler(told.handler)
    told.loops[threading.get_ident()] = loop
    if told.on_start is not None:
        loop._call(told.on_start, (loop, index))


@_ffi.thunk(_ffi.net_loop_group_fn)
def _on_stop(_handle: int, index: int, user: int) -> None:
    told = slots.get(user)
    if told is None:
        return
    loop = told.loops.pop(threading.get_ident(), None)
    if loop is None:
        return
    if told.on_stop is not None:
        loop._call(told.on_stop, (loop, index))
    loop._forget()


@_ffi.thunk(_ffi.net_loop_error_fn)
def _on_error(_handle: int, error: Any, user: int) -> None:
    told = slots.get(user)
    if told is None:
        return
    loop = told.loops.get(threading.get_ident())
    if loop is not None:
        loop._call(told.on_error, (loop, from_pointer(error)))


@_ffi.thunk(_ffi.net_server_connection_fn)
def _on_connection(_server: int, socket: int, user: int) -> None:
    listener = slots.get(user)
    loop = Loop.default()
    if listener is not None:
        loop._call(listener, (Socket._accepted(loop, socket),))


class LoopGroup:
    """Loops in threads of their own, from here to `free` or the end of the `with`.

    Everything belongs to the loop that has it, and is called in that loop's thread: `socket.loop` tells which.
    `on_start` and `on_stop` are called in each thread with the loop and its number. `on_error` is told of `error`
    events that nobody listens for; without it such an event ends the whole group, and `wait` raises it. All threads
    share Python's lock: what runs side by side is the system's work and the library's.
    """

    def __init__(
        self,
        loops: int = 0,
        *,
        on_start: Callable[[Loop, int], object] | None = None,
        on_stop: Callable[[Loop, int], object] | None = None,
        on_error: Callable[[Loop, Error], object] | None = None,
        exception_handler: ExceptionHandler | None = None,
    ) -> None:
        """`loops` 0: as many as the machine can run at a time."""
        if loops < 0:
            raise ValueError("loops must not be negative")
        told = _Told(on_start, on_stop, on_error, exception_handler)
        options = _ffi.net_loop_group_options(
            loops=loops, on_start=_on_start, on_stop=_on_stop, user=hold(told), drop=DROP
        )
        if on_error is not None:
            options.on_error = _on_error
        error = c_int(0)
        self._handle: int | None = lib.net_loop_group_new(ctypes.byref(options), ctypes.byref(error))
        if not self._handle:
            raise from_number(error.value)
        _exit.watch(self)

    def __len__(self) -> int:
        return _values.number(lib.net_loop_group_size, self._open(), c_size_t)

    def listen(
        self,
        listener: Callable[[Socket], object],
        port: int | None = None,
        host: str | None = None,
        *,
        path: PathLike | None = None,
        backlog: int = 511,
        ipv6_only: bool = False,
        share: str = "auto",
        allow_half_open: bool = False,
        pause_on_connect: bool = False,
        no_delay: bool = False,
        keep_alive: bool = False,
        keep_alive_initial_delay: float = 0,
        high_water_mark: int = 65536,
        block_list: BlockList | None = None,
        ipc: bool = False,
    ) -> Address | str:
        """Listens on all loops, and tells where; `listener` hears each connection in the loop that has it.

        `share` is "reuse_port" (every loop listens for itself), "hand_over" (one accepts, and hands connections over in
        turn) or "auto". What is wrong with the address is raised.
        """
        if share not in _SHARES:
            raise InvalidArgument(f"share must be one of {', '.join(_SHARES)}", code="ERR_INVALID_ARG_VALUE")
        accepted = options_of_accepted(
            allow_half_open=allow_half_open,
            pause_on_connect=pause_on_connect,
            no_delay=no_delay,
            keep_alive=keep_alive,
            keep_alive_initial_delay=keep_alive_initial_delay,
            high_water_mark=high_water_mark,
            block_list=block_list,
            ipc=ipc,
        )
        options = _ffi.net_listen_options(
            port=checked_port(port) if port is not None else 0, backlog=backlog, ipv6_only=bool(ipv6_only)
        )
        if host:
            options.host = name = encoded_host(host)
            options.host_len = len(name)
        if path is not None:
            options.path = where = encoded_path(path)
            options.path_len = len(where)
        bound = _ffi.net_address()
        check(
            lib.net_loop_group_listen(
                self._open(),
                ctypes.byref(accepted),
                ctypes.byref(options),
                _SHARES[share],
                ctypes.byref(bound),
                _on_connection,
                hold(listener),
                DROP,
            )
        )
        return ip_of(bound) or text_of(bound) or ""

    def post(self, index: int, fn: Callable[..., object], *args: object) -> None:
        """Calls `fn(*args)` in the thread of a loop, which is then `Loop.default()`; from any thread."""
        loop = lib.net_loop_group_loop(self._open(), index)
        if not loop:
            raise IndexError(index)
        key = hold((fn, args))
        check(lib.net_loop_post(loop, _run_posted, key, DROP))

    def close(self) -> None:
        """Accepts no more; each thread ends when its loop has nothing left. From any thread."""
        check(lib.net_loop_group_close(self._open()))

    def wait(self, timeout: float | None = None) -> bool:
        """Until all threads have ended, at most `timeout` milliseconds; whether they have. Raises what ended it."""
        result = lib.net_loop_group_wait(self._open(), -1 if timeout is None else milliseconds(timeout, "timeout"))
        if result == _ffi.NET_ETIMEDOUT:
            return False
        check(result)
        return True

    def free(self) -> None:
        """Ends at once what is left, and returns when no thread runs any more. Nothing happens a second time."""
        if self._handle is not None:
            check(lib.net_loop_group_free(self._handle))
            self._handle = None
            _exit.forget(self)

    def end_for_exit(self) -> None:
        self.free()

    def _open(self) -> int:
        if self._handle is None:
            raise from_number(_ffi.NET_EBADF)
        return self._handle

    def __enter__(self) -> LoopGroup:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.free()


@_ffi.thunk(_ffi.net_loop_fn)
def _run_posted(_loop: int, user: int) -> None:
    posted = slots.get(user)
    if posted is not None:
        Loop.default()._call(*posted)
