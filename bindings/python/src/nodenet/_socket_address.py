"""SocketAddress: an IP address with its port, checked."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Union

from . import _ffi
from ._address import checked_port
from ._library import lib
from .errors import InvalidArgument, check

Family = Union[str, int, None]

_NUMBERS: dict[Family, int] = {
    None: _ffi.NET_FAMILY_NONE,
    4: _ffi.NET_FAMILY_IPV4,
    6: _ffi.NET_FAMILY_IPV6,
    "ipv4": _ffi.NET_FAMILY_IPV4,
    "ipv6": _ffi.NET_FAMILY_IPV6,
}


def family_number(family: Family) -> int:
    """4 or 6; 0 if it is not said. Names in any case."""
    name = family.lower() if isinstance(family, str) else family
    number = _NUMBERS.get(name)
    if number is None or isinstance(family, (bool, float)):
        raise InvalidArgument(f'family must be 4, 6, "ipv4" or "ipv6", not {family!r}', code="ERR_INVALID_ARG_VALUE")
    return number


@dataclass(frozen=True, init=False)
class SocketAddress:
    """An IP address in its canonical form. `family` is "ipv4" or "ipv6"; it is told by the text if it is not given."""

    address: str
    family: str
    port: int
    flowlabel: int

    def __init__(self, address: str | None = None, port: int = 0, *, family: Family = None, flowlabel: int = 0) -> None:
        """Without an address: 127.0.0.1, or :: if the family is "ipv6"."""
        if isinstance(flowlabel, bool) or not isinstance(flowlabel, int):
            raise TypeError(f"flowlabel must be an int, not {type(flowlabel).__name__}")
        if not 0 <= flowlabel < 2**32:
            raise InvalidArgument(f"flowlabel is out of range: {flowlabel}", code="ERR_OUT_OF_RANGE")
        raw = None if address is None else address.encode()
        made = _ffi.net_sockaddr()
        length = _ffi.NET_CSTR if raw is None else len(raw)
        number = family_number(family)
        check(lib.net_sockaddr_make(number, raw, length, checked_port(port), flowlabel, ctypes.byref(made)))
        self._take(made)

    def _take(self, made: _ffi.net_sockaddr) -> None:
        # The dataclass is frozen for everybody else.
        for name, value in (
            ("address", made.address.decode()),
            ("family", f"ipv{made.family}"),
            ("port", made.port),
            ("flowlabel", made.flowlabel),
        ):
            object.__setattr__(self, name, value)

    @classmethod
    def parse(cls, text: str) -> SocketAddress | None:
        """The address in a text like "10.0.0.1:80" or "[::1]:80", read as a URL reads it; None if there is none."""
        raw = text.encode("utf-8", "replace")
        found = _ffi.net_sockaddr()
        if not check(lib.net_sockaddr_parse(raw, len(raw), ctypes.byref(found))):
            return None
        made = cls.__new__(cls)
        made._take(found)
        return made
