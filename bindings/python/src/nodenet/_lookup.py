"""Name lookup by the program: a function asked instead of the system."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, Optional

from . import _ffi
from ._library import lib
from ._registry import slots
from .errors import Given, InvalidArgument

if TYPE_CHECKING:
    from ._server import Server
    from ._socket import Socket

LookupAddress = tuple[str, int]


@dataclass(frozen=True)
class LookupOptions:
    """What is wanted: `family` 0, 4 or 6; all addresses or only the first; `hints` as in the header."""

    family: int
    hints: int
    all: bool


class LookupReply:
    """Called once, from any thread: (error), (None, "127.0.0.1", 4) or (None, [("::1", 6), ("127.0.0.1", 4)])."""

    def __init__(self, request: int, asker: Socket | Server) -> None:
        self._request: int | None = request
        self._asker = asker

    def __call__(
        self,
        error: BaseException | None = None,
        address: str | Sequence[LookupAddress] | None = None,
        family: int = 0,
    ) -> None:
        if error is None:
            found = [(address, family)] if isinstance(address, str) else list(address or ())
            packed = (_ffi.net_address * len(found))(*(_packed(text, number) for text, number in found))
        request, self._request = self._request, None
        if request is None:
            return
        # Refused if the socket was destroyed meanwhile: then nobody waits for the answer.
        if error is not None:
            given = Given(error)
            self._asker._given.append(given)
            lib.net_lookup_fail(request, ctypes.byref(given.struct()))
        else:
            lib.net_lookup_answer(request, packed, len(found))


Lookup = Callable[[str, LookupOptions, LookupReply], Optional[object]]


def _packed(text: str, family: int) -> _ffi.net_address:
    if family == 0:
        family = _ffi.NET_FAMILY_IPV6 if ":" in text else _ffi.NET_FAMILY_IPV4
    raw = text.encode()
    if len(raw) >= _ffi.net_address.address.size:
        raise InvalidArgument(f"Invalid IP address: {text}", code="ERR_INVALID_IP_ADDRESS")
    return _ffi.net_address(family=family, address=raw, address_len=len(raw))


@_ffi.thunk(_ffi.net_lookup_fn)
def ask(request: int, host: bytes, family: int, hints: int, every: int, user: int) -> None:
    """For a socket, whose present lookup is asked."""
    slot = slots.get(user)
    socket = slot() if slot is not None else None
    if socket is not None and socket._lookup is not None:
        _ask(socket._lookup, socket, request, host, LookupOptions(family, hints, bool(every)))


@_ffi.thunk(_ffi.net_lookup_fn)
def ask_to_listen(request: int, host: bytes, family: int, hints: int, every: int, user: int) -> None:
    """For one listen(): the slot holds the server, weakly, and its lookup."""
    slot = slots.get(user)
    if slot is None:
        return
    server, lookup = slot[0](), slot[1]
    if server is not None:
        _ask(lookup, server, request, host, LookupOptions(family, hints, bool(every)))


def _ask(lookup: Lookup, asker: Socket | Server, request: int, host: bytes, options: LookupOptions) -> None:
    reply = LookupReply(request, asker)

    def call() -> None:
        try:
            lookup(host.decode(), options, reply)
        except Exception as error:
            reply(error)

    asker._loop._call(call, ())
