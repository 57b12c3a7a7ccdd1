"""BoundSocket: an address that is bound, for a server or a socket to adopt."""

from __future__ import annotations

import ctypes
import weakref
from ctypes import c_int
from types import TracebackType

from . import _ffi, _values
from ._address import Address, PathLike, checked_port, encoded_host, encoded_path
from ._library import lib
from .errors import Error, check, from_number, from_pointer


class BoundSocket:
    """Binds when it is made, and raises what goes wrong. Any thread may use one.

    `server.listen(handle=...)` or `Socket(handle=...)` adopts it: every later use raises ERR_SOCKET_HANDLE_ADOPTED,
    as it does after `close`. One that nobody has adopted is closed at the end of `with`, or when it is
    no longer referenced.
    """

    def __init__(
        self,
        port: int | None = None,
        host: str | None = None,
        *,
        path: PathLike | None = None,
        ipv6_only: bool = False,
        reuse_port: bool = False,
    ) -> None:
        """A port (none or 0: one the system chooses) of an IP address, which is not looked up, or a path."""
        options = _ffi.net_bound_socket_options(
            port=checked_port(port) if port is not None else 0,
            ipv6_only=bool(ipv6_only),
            reuse_port=bool(reuse_port),
        )
        if host is not None:
            options.host = name = encoded_host(host)
            options.host_len = len(name)
        if path is not None:
            options.path = where = encoded_path(path)
            options.path_len = len(where)
        error = c_int(0)
        handle = lib.net_bound_socket_new(ctypes.byref(options), ctypes.byref(error))
        if not handle:
            raise from_pointer(lib.net_bound_socket_error()) or from_number(error.value)
        self._own(handle)

    @classmethod
    def _arrived(cls, handle: int) -> BoundSocket:
        """One that came from another process."""
        bound = cls.__new__(cls)
        bound._own(handle)
        return bound

    def _own(self, handle: int) -> None:
        self._handle = handle
        weakref.finalize(self, lib.net_bound_socket_free, handle).atexit = False

    def address(self) -> Address | str | None:
        """Address(address, family, port), or the path."""
        return _values.any_address(lib.net_bound_socket_address, self._handle)

    @property
    def is_pipe(self) -> bool:
        """Whether it is bound to a path; also of one that is adopted or closed."""
        return _values.flag(lib.net_bound_socket_is_pipe, self._handle)

    def fd(self) -> int:
        """The system's descriptor, which stays its own."""
        return _values.number(lib.net_bound_socket_fd, self._handle, c_int)

    def close(self) -> None:
        check(lib.net_bound_socket_close(self._handle))

    def __enter__(self) -> BoundSocket:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes it unless it is adopted or closed."""
        lib.net_bound_socket_close(self._handle)

    def __repr__(self) -> str:
        try:
            return f"<nodenet.BoundSocket {self.address()!r}>"
        except Error:
            return "<nodenet.BoundSocket adopted or closed>"
