"""BlockList: addresses that servers and sockets refuse."""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Iterable, Sequence
from ctypes import c_char_p, c_size_t
from typing import Any, Union

from . import _ffi, _values
from ._library import lib
from ._socket_address import Family, SocketAddress, family_number
from .errors import OutOfMemory, check

BlockedAddress = Union[str, SocketAddress]


def _private_ranges() -> tuple[str, ...]:
    texts = iter(range(1_000))
    return tuple(text.decode() for text in iter(lambda: lib.net_block_list_private_range(next(texts)), None))


def _encoded(address: BlockedAddress, family: Family) -> tuple[bytes, int]:
    """The text, and the number of the family that it must have."""
    if isinstance(address, SocketAddress):
        return address.address.encode(), family_number(address.family)
    if not isinstance(address, str):
        raise TypeError(f"an address must be a str or a SocketAddress, not {type(address).__name__}")
    return address.encode(), family_number(family)


def _texts(texts: Sequence[str]) -> Any:
    return (c_char_p * len(texts))(*(text.encode() for text in texts))


class BlockList:
    """Rules of IP addresses. Any thread may use one, and any number of servers and sockets.

    A family is 4, 6, "ipv4" or "ipv6"; if it is not given, it is that of the text. An IPv4 address and its mapped IPv6
    form are one to addresses and subnets. What is removed newest first has to be written as it was added.
    """

    PRIVATE_RANGES: tuple[str, ...] = _private_ranges()
    """Private, loopback, link-local and unique local networks, for `add_cidrs`."""

    def __init__(self) -> None:
        handle = lib.net_block_list_new()
        if not handle:
            raise OutOfMemory("no new block list", code="ENOMEM", number=_ffi.NET_ENOMEM)
        self._handle: int = handle
        weakref.finalize(self, lib.net_block_list_free, handle).atexit = False

    def add_address(self, address: BlockedAddress, family: Family = None) -> None:
        raw, number = _encoded(address, family)
        check(lib.net_block_list_add_address(self._handle, raw, len(raw), number))

    def add_addresses(self, addresses: Iterable[BlockedAddress], family: Family = None) -> None:
        """All of them, or none if one is refused."""
        checked = [
            given if isinstance(given, SocketAddress) else SocketAddress(given, family=family) for given in addresses
        ]
        for address in checked:
            self.add_address(address)

    def add_range(self, start: BlockedAddress, end: BlockedAddress, family: Family = None) -> None:
        """Both ends belong to it."""
        self._range(lib.net_block_list_add_range, start, end, family)

    def add_subnet(self, network: BlockedAddress, prefix: int, family: Family = None) -> None:
        self._subnet(lib.net_block_list_add_subnet, network, prefix, family)

    def add_cidr(self, cidr: str) -> None:
        """A subnet like "10.0.0.0/8"."""
        raw = cidr.encode()
        check(lib.net_block_list_add_cidr(self._handle, raw, len(raw)))

    def add_cidrs(self, cidrs: Iterable[str]) -> None:
        texts = list(cidrs)
        check(lib.net_block_list_add_cidrs(self._handle, _texts(texts), len(texts)))

    def remove_address(self, address: BlockedAddress, family: Family = None) -> bool:
        """Whether there was such a rule, as of every remove."""
        raw, number = _encoded(address, family)
        return check(lib.net_block_list_remove_address(self._handle, raw, len(raw), number)) == 1

    def remove_range(self, start: BlockedAddress, end: BlockedAddress, family: Family = None) -> bool:
        return self._range(lib.net_block_list_remove_range, start, end, family) == 1

    def remove_subnet(self, network: BlockedAddress, prefix: int, family: Family = None) -> bool:
        return self._subnet(lib.net_block_list_remove_subnet, network, prefix, family) == 1

    def remove_cidr(self, cidr: str) -> bool:
        raw = cidr.encode()
        return check(lib.net_block_list_remove_cidr(self._handle, raw, len(raw))) == 1

    def check(self, address: BlockedAddress, family: Family = None) -> bool:
        """Whether the address is blocked; a text that is no address is not."""
        raw, number = _encoded(address, family)
        return check(lib.net_block_list_check(self._handle, raw, len(raw), number)) == 1

    __contains__ = check

    def clear(self) -> None:
        check(lib.net_block_list_clear(self._handle))

    @property
    def size(self) -> int:
        return _values.number(lib.net_block_list_size, self._handle, c_size_t)

    def __len__(self) -> int:
        return self.size

    def __bool__(self) -> bool:
        return True

    @property
    def rules(self) -> list[str]:
        """Addresses, subnets, ranges, of each the newest first: "Address: IPv4 10.0.0.1"."""
        text = self._text(lib.net_block_list_rules)
        return text.split("\n") if text else []

    def to_json(self) -> str:
        return self._text(lib.net_block_list_to_json)

    def from_json(self, data: str | Iterable[str]) -> None:
        """Adds the rules of a JSON text, or of a list of their texts; what is no rule is passed over."""
        if isinstance(data, str):
            raw = data.encode()
            check(lib.net_block_list_from_json(self._handle, raw, len(raw)))
        else:
            texts = list(data)
            check(lib.net_block_list_add_rules(self._handle, _texts(texts), len(texts)))

    @staticmethod
    def is_block_list(value: object) -> bool:
        return isinstance(value, BlockList)

    def __repr__(self) -> str:
        return f"<BlockList {self.rules}>"

    def _range(self, function: Any, start: BlockedAddress, end: BlockedAddress, family: Family) -> int:
        (first, one), (last, other) = _encoded(start, family), _encoded(end, family)
        # The ends have been held to their families; those of two families are only taken without one.
        for raw, number in ((first, one), (last, other)):
            check(lib.net_sockaddr_make(number, raw, len(raw), 0, 0, ctypes.byref(_ffi.net_sockaddr())))
        number = one if one == other else _ffi.NET_FAMILY_NONE
        return check(function(self._handle, first, len(first), last, len(last), number))

    def _subnet(self, function: Any, network: BlockedAddress, prefix: int, family: Family) -> int:
        raw, number = _encoded(network, family)
        if isinstance(prefix, bool) or not isinstance(prefix, int):
            raise TypeError(f"prefix must be an int, not {type(prefix).__name__}")
        # What C's int cannot hold is as wrong as what is too long.
        return check(function(self._handle, raw, len(raw), max(-1, min(prefix, 129)), number))

    def _text(self, function: Any) -> str:
        length, room = c_size_t(0), 4096
        while True:
            buffer = ctypes.create_string_buffer(room)
            result = function(self._handle, buffer, room, ctypes.byref(length))
            if result != _ffi.NET_ENOBUFS:
                check(result)
                return ctypes.string_at(buffer, length.value).decode()
            # Others may add rules meanwhile.
            room = length.value + 4096


def handle_of(block_list: BlockList | None) -> int | None:
    """What goes into the options of a server or a socket."""
    if block_list is None:
        return None
    if not isinstance(block_list, BlockList):
        raise TypeError(f"block_list must be a BlockList, not {type(block_list).__name__}")
    return block_list._handle
