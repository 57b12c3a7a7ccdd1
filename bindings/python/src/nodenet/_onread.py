"""The option `onread`: a socket that reads into memory of the program's."""

from __future__ import annotations

import ctypes
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Union

from . import _ffi
from ._registry import DROP, hold, slots

if TYPE_CHECKING:
    from ._socket import Socket

# Any writable object with the buffer protocol does.
Room = Union[bytearray, memoryview]


@dataclass(frozen=True)
class OnRead:
    """Where a socket reads to, instead of telling `data`, and who is told.

    `buffer` is a bytearray or a writable memoryview, or a function that gives one for each read (None: the one before).
    `callback` gets the count of bytes and that very object; if it returns False, nothing more is read until `resume` or
    `read`. While a socket has it, a bytearray cannot change its size.
    """

    buffer: Room | Callable[[], Room | None]
    callback: Callable[[int, Any], object]


class Reader:
    """The slot of such a socket. It keeps the memory for as long as the library may write to it, and not the socket."""

    __slots__ = ("_memory", "_room", "_socket")

    def __init__(self, socket: Socket) -> None:
        self._socket = weakref.ref(socket)
        self._room: Room = bytearray()
        self._memory: Any = None

    def use(self, room: Room) -> tuple[int, int]:
        """Address and length; what is no writable memory raises."""
        length = memoryview(room).nbytes
        self._memory = (ctypes.c_char * length).from_buffer(room)
        self._room = room
        return ctypes.addressof(self._memory), length

    def told(self, count: int) -> bool:
        socket = self._socket()
        if socket is None or socket._onread is None:
            return True
        onread, room = socket._onread, self._room
        answer: object = True

        def call() -> None:
            nonlocal answer
            answer = onread.callback(count, room)

        socket._loop._call(call, ())
        return answer is not False

    def asked(self) -> tuple[int, int] | None:
        socket = self._socket()
        if socket is None or socket._onread is None:
            return None
        gives = socket._onread.buffer
        used: tuple[int, int] | None = None

        def call() -> None:
            nonlocal used
            room = gives() if callable(gives) else None
            used = self.use(room) if room is not None else None

        socket._loop._call(call, ())
        return used


@_ffi.thunk(_ffi.net_onread_fn)
def _told(_socket: int, count: int, _buffer: int, user: int) -> int:
    reader: Reader | None = slots.get(user)
    return 1 if reader is None or reader.told(count) else 0


@_ffi.thunk(_ffi.net_onread_buffer_fn)
def _asked(_socket: int, length: Any, user: int) -> int | None:
    reader: Reader | None = slots.get(user)
    used = reader.asked() if reader is not None else None
    if used is None:
        return None
    address, length[0] = used
    return address


def option(socket: Socket, onread: OnRead) -> _ffi.net_onread:
    """The option in C; the library drops its slot, also if it refuses it."""
    reader = Reader(socket)
    struct = _ffi.net_onread(callback=_told)
    if callable(onread.buffer):
        struct.buffer_fn = _asked
    else:
        struct.buffer, struct.len = reader.use(onread.buffer)
    struct.user, struct.drop = hold(reader), DROP
    return struct
