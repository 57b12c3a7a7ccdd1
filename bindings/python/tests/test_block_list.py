"""Block lists: their rules, and what servers and sockets do with them; addresses that were checked."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import json
from collections.abc import Iterator

import pytest

import nodenet
from conftest import Run, port_of


@contextlib.contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(nodenet.InvalidArgument) as caught:
        yield
    assert caught.value.code == code


@pytest.fixture
def rules() -> nodenet.BlockList:
    block_list = nodenet.BlockList()
    block_list.add_range("10.0.0.1", "10.0.0.9")
    block_list.add_subnet("fe80::", 10, "IPv6")
    block_list.add_address("1.1.1.1", 4)
    return block_list


RULES = ["Address: IPv4 1.1.1.1", "Subnet: IPv6 fe80::/10", "Range: IPv4 10.0.0.1-10.0.0.9"]


def test_rules(rules: nodenet.BlockList) -> None:
    assert rules.rules == RULES
    assert (rules.size, len(rules)) == (3, 3)
    assert json.loads(rules.to_json()) == RULES
    assert repr(rules) == f"<BlockList {RULES}>"
    for blocked in ("1.1.1.1", "::ffff:1.1.1.1", "fe80::7", "10.0.0.5"):
        assert rules.check(blocked)
        assert blocked in rules
    for free in ("1.1.1.2", "10.0.0.10", "x", ""):
        assert not rules.check(free)
    assert not rules.check("1.1.1.1", "ipv6")
    rules.clear()
    assert rules.rules == []
    assert rules.to_json() == "[]"
    assert rules


def test_remove(rules: nodenet.BlockList) -> None:
    assert rules.remove_address("::ffff:1.1.1.1")
    assert not rules.remove_address("1.1.1.1")
    assert not rules.remove_subnet("fe80::", 11)
    assert rules.remove_cidr("fe80::/10")
    assert not rules.remove_range("10.0.0.9", "10.0.0.1")
    assert rules.remove_range("10.0.0.1", "10.0.0.9")
    assert rules.rules == []


def test_several_at_once() -> None:
    block_list = nodenet.BlockList()
    block_list.add_addresses(["1.1.1.1", nodenet.SocketAddress("::2", 7)])
    block_list.add_cidrs(nodenet.BlockList.PRIVATE_RANGES)
    assert block_list.rules[:2] == ["Address: IPv6 ::2", "Address: IPv4 1.1.1.1"]
    assert len(block_list) == 2 + len(nodenet.BlockList.PRIVATE_RANGES)
    assert block_list.check(nodenet.SocketAddress("192.168.7.7"))
    with refused("ERR_INVALID_ADDRESS"):
        block_list.add_addresses(["3.3.3.3", "x"])
    assert not block_list.check("3.3.3.3")
    with refused("ERR_INVALID_ARG_VALUE"):
        block_list.add_cidrs(["4.0.0.0/8", "5.0.0.0"])
    assert not block_list.check("4.4.4.4")


def test_json(rules: nodenet.BlockList) -> None:
    copy = nodenet.BlockList()
    copy.from_json(rules.to_json())
    assert copy.rules == RULES
    copy.from_json(["nothing", "Address: IPv4 7.7.7.7"])
    assert copy.rules[0] == "Address: IPv4 7.7.7.7"
    with refused("EINVAL"):
        copy.from_json("{}")
    many = nodenet.BlockList()
    many.add_addresses(f"10.0.{i // 256}.{i % 256}" for i in range(2000))
    assert len(many.rules) == 2000
    assert nodenet.BlockList.is_block_list(many)
    assert not nodenet.BlockList.is_block_list(RULES)


def test_what_is_refused(rules: nodenet.BlockList) -> None:
    with refused("ERR_INVALID_ADDRESS"):
        rules.add_address("1.1.1")
    with refused("ERR_INVALID_ADDRESS"):
        rules.add_address("1.1.1.1", 6)
    with refused("ERR_INVALID_ADDRESS"):
        rules.add_range("1.1.1.1", "::1", "ipv4")
    with refused("ERR_INVALID_ARG_VALUE"):
        rules.add_range("1.1.1.2", "1.1.1.1")
    with refused("ERR_OUT_OF_RANGE"):
        rules.add_subnet("1.1.1.1", 33)
    with refused("ERR_OUT_OF_RANGE"):
        rules.add_subnet("1.1.1.1", 2**40)
    with refused("ERR_OUT_OF_RANGE"):
        rules.add_subnet("::", -(2**40))
    with refused("ERR_INVALID_ARG_VALUE"):
        rules.add_cidr("1.1.1.1")
    with refused("ERR_INVALID_ARG_VALUE"):
        rules.add_address("1.1.1.1", "ipv5")
    with pytest.raises(TypeError):
        rules.add_address(7)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        nodenet.Server(block_list=RULES)  # type: ignore[arg-type]
    assert rules.rules == RULES


def test_outgoing(loop: nodenet.Loop, run: Run, free_port: int) -> None:
    block_list = nodenet.BlockList()
    block_list.add_cidr("127.0.0.0/8")
    socket = nodenet.connect(free_port, "127.0.0.1", block_list=block_list)
    del block_list
    gc.collect()
    events: list[str] = []
    errors: list[nodenet.Error] = []
    socket.on("connection_attempt", lambda *_: events.append("attempt"))
    socket.on("error", errors.append)
    socket.on("close", lambda _: events.append("close"))
    run()
    assert events == ["attempt", "close"]
    assert [error.code for error in errors] == ["ERR_IP_BLOCKED"]
    assert str(errors[0]) == "IP(127.0.0.1) is blocked by net.BlockList"


def test_incoming(loop: nodenet.Loop, run: Run) -> None:
    block_list = nodenet.BlockList()
    block_list.add_address("127.0.0.1")
    connections: list[nodenet.Socket] = []
    server = nodenet.create_server(connections.append, block_list=block_list)
    server.listen(0, "127.0.0.1")
    client = nodenet.connect(port_of(server), "127.0.0.1")
    client.on("close", lambda _: server.close())
    client.resume()
    run()
    assert connections == []


def test_socket_address() -> None:
    made = nodenet.SocketAddress("::FFFF:1.2.3.4", 80, family="IPv6", flowlabel=3)
    assert (made.address, made.family, made.port, made.flowlabel) == ("::ffff:1.2.3.4", "ipv6", 80, 3)
    assert made == nodenet.SocketAddress("::ffff:1.2.3.4", 80, flowlabel=3)
    assert nodenet.SocketAddress() == nodenet.SocketAddress("127.0.0.1", family=4)
    assert nodenet.SocketAddress(family=6).address == "::"
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.port = 7  # type: ignore[misc]
    for wrong, code in (("x", "ERR_INVALID_ADDRESS"), ("", "ERR_INVALID_ADDRESS")):
        with refused(code):
            nodenet.SocketAddress(wrong)
    for label in (-1, 2**20, 2**32):
        with refused("ERR_OUT_OF_RANGE"):
            nodenet.SocketAddress("::1", flowlabel=label)
    with refused("ERR_SOCKET_BAD_PORT"):
        nodenet.SocketAddress("::1", 65536)


def test_parse() -> None:
    parse = nodenet.SocketAddress.parse
    assert parse("0x7f.1:81") == nodenet.SocketAddress("127.0.0.1", 81)
    assert parse("[::1]:7") == nodenet.SocketAddress("::1", 7)
    assert parse("1.2.3.4") == nodenet.SocketAddress("1.2.3.4")
    for text in ("", "localhost:1", "1.2.3.4:65536", "\udcff", "::1"):
        assert parse(text) is None
