"""Exceptions: `Error` with the fields of Node's error objects, in the class that Python programs expect to catch."""

from __future__ import annotations

import itertools
import os
import socket as _socket
import weakref
from typing import Any

from . import _ffi
from ._library import lib


class Error(Exception):
    """An error of the network or of the library.

    `code` is Node's ("ECONNREFUSED"), `number` the library's (NET_E*), `errno` the system's as the `errno` module has
    it. A field that Node's object would not have is None.
    """

    def __init__(
        self,
        message: str = "",
        *,
        code: str = "",
        number: int = 0,
        errno: int | None = None,
        syscall: str | None = None,
        address: str | None = None,
        port: int | None = None,
        local_address: str | None = None,
        local_port: int | None = None,
        hostname: str | None = None,
        host: str | None = None,
        errors: tuple[BaseException, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.number = number
        self.errno = errno
        self.syscall = syscall
        self.address = address
        self.port = port
        self.local_address = local_address
        self.local_port = local_port
        self.hostname = hostname
        self.host = host
        self.errors = errors

    def __str__(self) -> str:
        return self.message or self.code


class NetworkError(Error, OSError):
    """The system refused something; the errnos that Python has classes for have one here too."""

    def __init__(self, message: str = "", **fields: Any) -> None:
        super().__init__(message, **fields)
        if self.errno is not None:
            self.strerror = os.strerror(self.errno)


class ConnectionRefused(NetworkError, ConnectionRefusedError):
    """ECONNREFUSED"""


class ConnectionReset(NetworkError, ConnectionResetError):
    """ECONNRESET"""


class ConnectionAborted(NetworkError, ConnectionAbortedError):
    """ECONNABORTED"""


class BrokenPipe(NetworkError, BrokenPipeError):
    """EPIPE"""


class PermissionDenied(NetworkError, PermissionError):
    """EACCES, EPERM"""


class NotFound(NetworkError, FileNotFoundError):
    """ENOENT: no such path"""


class TimedOut(NetworkError, TimeoutError):
    """ETIMEDOUT"""


class LookupFailed(NetworkError, _socket.gaierror):
    """A host name could not be looked up; `errno` is one of the socket module's EAI numbers."""


class AggregateError(NetworkError):
    """Several connection attempts failed: `errors` has the error of each, `code` is the first one's."""

    def __str__(self) -> str:
        return self.message or "; ".join(str(error) for error in self.errors)


class InvalidArgument(Error, ValueError):
    """An argument was refused by the call itself."""


class Misuse(Error, RuntimeError):
    """The call is not allowed here: wrong thread, nested run, a loop that was closed."""


class OutOfMemory(Error, MemoryError):
    """ENOMEM"""


_BY_CODE: dict[str, type[Error]] = {
    "ECONNREFUSED": ConnectionRefused,
    "ECONNRESET": ConnectionReset,
    "ECONNABORTED": ConnectionAborted,
    "EPIPE": BrokenPipe,
    "EACCES": PermissionDenied,
    "EPERM": PermissionDenied,
    "ENOENT": NotFound,
    "ETIMEDOUT": TimedOut,
    "ENOMEM": OutOfMemory,
}
_OF_THE_CALL: dict[str, type[Error]] = {
    "EWRONGTHREAD": Misuse,
    "EBUSY": Misuse,
    "EALREADY": Misuse,
    "EBADF": Misuse,
    "EPANIC": Misuse,
    "ERR_SERVER_ALREADY_LISTEN": Misuse,
    "ERR_INVALID_HANDLE_TYPE": Misuse,
    "ERR_SOCKET_HANDLE_ADOPTED": Misuse,
    "EEXIST": Misuse,
    "EINVAL": InvalidArgument,
    "ENAMETOOLONG": InvalidArgument,
    "ERR_OUT_OF_RANGE": InvalidArgument,
    "ERR_INVALID_ADDRESS": InvalidArgument,
    "ERR_INVALID_ARG_VALUE": InvalidArgument,
    "ERR_INVALID_IP_ADDRESS": InvalidArgument,
    "ERR_INVALID_ADDRESS_FAMILY": InvalidArgument,
    "ERR_MISSING_ARGS": InvalidArgument,
    "ERR_INVALID_FD_TYPE": InvalidArgument,
}
_EAI = {
    "ENOTFOUND": _socket.EAI_NONAME,
    "EAI_AGAIN": _socket.EAI_AGAIN,
    "EAI_FAIL": _socket.EAI_FAIL,
}


def _class_of(kind: int, code: str) -> type[Error]:
    if kind == _ffi.NET_ERROR_KIND_AGGREGATE:
        return AggregateError
    if kind == _ffi.NET_ERROR_KIND_LOOKUP:
        return LookupFailed
    found = _BY_CODE.get(code)
    if found is not None:
        return found
    if kind == _ffi.NET_ERROR_KIND_LIBRARY:
        return _OF_THE_CALL.get(code, Error)
    return NetworkError


def _text(value: bytes | None) -> str | None:
    return None if value is None else os.fsdecode(value)


def from_struct(error: _ffi.net_error) -> BaseException:
    """The exception for a net_error; the very one that the program gave, if it was its own."""
    if error.user:
        given = _given.get(error.user)
        if given is not None:
            return given.exception
    code = _text(error.code) or ""
    errno: int | None = -error.sys_errno if error.sys_errno else None
    if error.kind == _ffi.NET_ERROR_KIND_LOOKUP:
        errno = _EAI.get(code, errno)
    return _class_of(error.kind, code)(
        _text(error.message) or "",
        code=code,
        number=error.number,
        errno=errno,
        syscall=_text(error.syscall),
        address=_text(error.address),
        port=error.port if error.present & _ffi.NET_ERROR_HAS_PORT else None,
        local_address=_text(error.local_address),
        local_port=error.local_port if error.present & _ffi.NET_ERROR_HAS_LOCAL_PORT else None,
        hostname=_text(error.hostname),
        host=_text(error.host),
        errors=tuple(from_struct(error.errors[i].contents) for i in range(error.error_count)),
    )


def from_pointer(pointer: Any) -> BaseException | None:
    """The exception behind a `const net_error *`; None for NULL."""
    return from_struct(pointer.contents) if pointer else None


def from_number(number: int) -> Error:
    """The exception for what a call returned."""
    code = lib.net_error_name(number).decode()
    text = lib.net_error_text(number).decode()
    message = text if code.startswith("ERR_") else f"{code}: {text}"
    return _class_of(_ffi.NET_ERROR_KIND_LIBRARY, code)(message, code=code, number=number)


def check(result: int) -> int:
    """Gives back what a call returned, or raises what it says."""
    if result < 0:
        raise from_number(result)
    return result


class Given:
    """An exception of the program's on its way through the library; whoever makes one keeps it until it is back."""

    def __init__(self, exception: BaseException) -> None:
        self.exception = exception
        self._key = next(_given_keys)
        _given[self._key] = self

    def struct(self) -> _ffi.net_error:
        exception = self.exception
        number = exception.number if isinstance(exception, Error) and exception.number else _ffi.NET_EUSER
        code = getattr(exception, "code", None)
        return _ffi.net_error(
            kind=_ffi.NET_ERROR_KIND_USER,
            number=number,
            name=b"Error",
            code=code.encode() if isinstance(code, str) else None,
            message=str(exception).encode("utf-8", "replace"),
            user=self._key,
        )


_given_keys = itertools.count(1)
_given: weakref.WeakValueDictionary[int, Given] = weakref.WeakValueDictionary()
