"""Where bytes that are read on demand come in: one buffer for all sockets of a loop, made when it is first used."""

from __future__ import annotations

import ctypes
from ctypes import c_size_t
from typing import Any

from ._library import lib
from .errors import check

# As much as the library reads at once.
SIZE = 256 * 1024


class Arrivals:
    __slots__ = ("_buffer", "_length", "_length_at", "_view")

    def __init__(self) -> None:
        self._buffer: Any = None
        self._view = memoryview(b"")
        self._length = c_size_t(0)
        self._length_at = ctypes.byref(self._length)

    def take(self, socket: int) -> bytes | None:
        """What a socket has read, one piece of it; None if that is nothing."""
        if self._buffer is None:
            self._buffer = ctypes.create_string_buffer(SIZE)
            self._view = memoryview(self._buffer).cast("B")
        result = lib.net_socket_read_some(socket, self._buffer, SIZE, self._length_at)
        if result != 1:
            check(result)
            return None
        return self._view[: self._length.value].tobytes()
