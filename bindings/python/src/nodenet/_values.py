"""Reads values that the library hands out through a pointer."""

from __future__ import annotations

import ctypes
from typing import Any

from ._address import Address, ip_of, text_of
from ._ffi import net_address
from .errors import check


def number(function: Any, handle: int, kind: Any) -> int:
    out = kind()
    check(function(handle, ctypes.byref(out)))
    return int(out.value)


def optional(function: Any, handle: int, kind: Any) -> int | None:
    """None where the call says that the value is absent."""
    out = kind()
    return int(out.value) if check(function(handle, ctypes.byref(out))) == 1 else None


def flag(function: Any, handle: int) -> bool:
    return check(function(handle)) == 1


def ip_address(function: Any, handle: int) -> Address | None:
    out = net_address()
    return ip_of(out) if check(function(handle, ctypes.byref(out))) == 1 else None


def any_address(function: Any, handle: int) -> Address | str | None:
    """A path comes as its text."""
    out = net_address()
    if check(function(handle, ctypes.byref(out))) != 1:
        return None
    return ip_of(out) or text_of(out)
