"""Addresses as Node shows them, and the way into C's structs."""

from __future__ import annotations

import ctypes
import os
from typing import NamedTuple, Union

from . import _ffi
from .errors import InvalidArgument

PathLike = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]

FAMILY_NAMES = {_ffi.NET_FAMILY_IPV4: "IPv4", _ffi.NET_FAMILY_IPV6: "IPv6"}


class Address(NamedTuple):
    """An IP address with its port; `family` is "IPv4" or "IPv6"."""

    address: str
    family: str
    port: int


def text_of(address: _ffi.net_address) -> str:
    """The text or path; a path that is not text comes as os.fsdecode gives it, an abstract one begins with NUL."""
    start = ctypes.addressof(address) + _ffi.net_address.address.offset
    return os.fsdecode(ctypes.string_at(start, address.address_len))


def ip_of(address: _ffi.net_address) -> Address | None:
    """None if it is absent or a path."""
    family = FAMILY_NAMES.get(address.family)
    return None if family is None else Address(text_of(address), family, address.port)


def checked_port(port: int, name: str = "port") -> int:
    if isinstance(port, bool) or not isinstance(port, int):
        raise TypeError(f"{name} must be an int, not {type(port).__name__}")
    if not 0 <= port <= 65535:
        raise InvalidArgument(f"{name} should be >= 0 and < 65536, not {port}", code="ERR_SOCKET_BAD_PORT")
    return port


def encoded_host(host: str) -> bytes:
    return host.encode("ascii") if host.isascii() else host.encode("idna")


def encoded_path(path: PathLike) -> bytes:
    return os.fsencode(path)


def milliseconds(value: float, name: str) -> int:
    """A time as C takes it: whole milliseconds, a part of one counting as one."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name} must be a number of milliseconds, not {type(value).__name__}")
    if not 0 <= value < 2**53:
        raise InvalidArgument(f"{name} must be finite and >= 0, not {value}", code="ERR_OUT_OF_RANGE")
    return -int(-value // 1)
