"""Data there and back, over TCP and over Unix sockets."""

# mypy: disable-error-code="func-returns-value"

from __future__ import annotations

import socket as pysocket
import threading

import pytest

import nodenet
from conftest import Run, port_of


def echo_server(loop: nodenet.Loop) -> nodenet.Server:
    def connection(socket: nodenet.Socket) -> None:
        socket.on("data", socket.write)

    return nodenet.create_server(connection, loop=loop)


def test_echo_over_tcp(loop: nodenet.Loop, run: Run) -> None:
    server = echo_server(loop).listen(0, "127.0.0.1")
    client = nodenet.connect(port_of(server), "127.0.0.1")
    log: list[object] = []

    def data(chunk: bytes) -> None:
        log.append(chunk)
        client.end()

    client.on("connect", lambda: log.append(("connect", client.write(b"hello"))))
    client.on("ready", lambda: log.append("ready"))
    client.on("data", data)
    client.on("end", lambda: log.append("end"))
    client.on("finish", lambda: log.append("finish"))
    client.on("close", lambda had_error: (log.append(("close", had_error)), server.close()))
    server.on("close", lambda: log.append("server close"))
    run()
    assert log[:3] == [("connect", True), "ready", b"hello"]
    assert set(log[3:5]) == {"end", "finish"}
    assert sorted(map(str, log[5:])) == ["('close', False)", "server close"]
    assert (client.bytes_read, client.bytes_written) == (5, 5)


@pytest.mark.parametrize("abstract", [False, True])
def test_echo_over_a_unix_socket(loop: nodenet.Loop, run: Run, sock_path: str, abstract: bool) -> None:
    path = "\0nodenet-test-" + str(threading.get_native_id()) if abstract else sock_path
    server = echo_server(loop).listen(path=path)
    assert server.address() == path
    got = bytearray()
    client = nodenet.connect(path=path)

    def data(chunk: bytes) -> None:
        got.extend(chunk)
        if len(got) == 256:
            client.end()

    client.on("data", data).on("close", lambda _: server.close())
    client.write(bytes(range(256)))
    run()
    assert got == bytes(range(256))
    assert client.remote_address is None


def test_a_peer_that_is_not_ours(loop: nodenet.Loop, run: Run) -> None:
    server = echo_server(loop).listen(0, "127.0.0.1")
    port = port_of(server)
    answers: list[bytes] = []

    def peer() -> None:
        with pysocket.create_connection(("127.0.0.1", port)) as plain:
            plain.sendall(b"x" * 300_000)
            plain.shutdown(pysocket.SHUT_WR)
            with plain.makefile("rb") as file:
                answers.append(file.read())
        loop.post(server.close)

    # Echoing what is left after the peer's end needs a half-open socket.
    server.on("connection", lambda socket: setattr(socket, "allow_half_open", True))
    server.on("connection", lambda socket: socket.on("end", socket.end))
    thread = threading.Thread(target=peer)
    thread.start()
    run()
    thread.join()
    assert answers == [b"x" * 300_000]


def test_what_a_socket_knows(loop: nodenet.Loop, run: Run) -> None:
    seen: dict[str, object] = {}
    accepted: list[nodenet.Socket] = []

    def connection(socket: nodenet.Socket) -> None:
        accepted.append(socket)
        seen["server"] = socket.server is server
        seen["connections"] = None
        server.get_connections(lambda error, count: seen.__setitem__("connections", (error, count)))
        socket.resume()

    server = nodenet.create_server(connection).listen(0, "127.0.0.1")
    port = port_of(server)
    client = nodenet.connect(port, "127.0.0.1", keep_alive=True, no_delay=True)
    assert client.connecting
    assert client.pending
    assert client.ready_state == "opening"
    assert client.local_address is None
    assert client.bytes_written == 0
    assert client.server is None
    assert client.timeout is None
    assert client.readable_flowing is None
    assert client.errored is None
    assert client.auto_select_family_attempted_addresses is None
    assert (client.writable_high_water_mark, client.readable_high_water_mark) == (65536, 65536)

    def connected() -> None:
        seen["state"] = (client.ready_state, client.connecting, client.pending)
        seen["remote"] = (client.remote_address, client.remote_port, client.remote_family)
        seen["local"] = client.address() == (client.local_address, client.local_family, client.local_port)
        seen["corked"] = (client.cork().writable_corked, client.uncork().writable_corked)
        client.timeout = 5000
        seen["timeout"] = client.timeout
        seen["fd"] = client.fd
        client.set_type_of_service(0x10)
        seen["tos"] = client.get_type_of_service()
        client.end(b"bye", lambda error: seen.__setitem__("end", (error, client.ready_state)))

    client.on("connect", connected)
    client.on("close", lambda _: server.close())
    run()
    assert seen.pop("server") is True
    assert seen.pop("connections") == (None, 1)
    assert isinstance(seen.pop("fd"), int)
    assert seen == {
        "state": ("open", False, False),
        "remote": ("127.0.0.1", port, "IPv4"),
        "local": True,
        "corked": (1, 0),
        "timeout": 5000,
        "tos": 0x10,
        "end": (None, "readOnly"),
    }
    assert client.ready_state == "closed"
    assert client.destroyed
    assert client.closed
    assert client.readable_ended
    assert client.writable_ended
    assert client.writable_finished
    assert not client.readable
    assert not client.writable
    assert client.fd is None
    assert accepted[0].bytes_read == 3
    # Everything about a closed socket is a harmless no-op.
    client.set_no_delay().set_keep_alive(True, 1000).pause().resume().ref().unref().destroy()


def test_write_callbacks_come_in_order_and_gathered_writes_arrive_whole(loop: nodenet.Loop, run: Run) -> None:
    got = bytearray()
    order: list[object] = []

    def connection(socket: nodenet.Socket) -> None:
        socket.on("data", got.extend)
        socket.on("close", lambda _: server.close())

    server = nodenet.create_server(connection).listen(0, "127.0.0.1")
    client = nodenet.connect(port_of(server), "127.0.0.1")
    client.write(b"one ", lambda error: order.append((1, error)))
    client.write(bytearray(b"two "), lambda error: order.append((2, error)))
    client.writev([b"three ", memoryview(b"four "), b""], lambda error: order.append((3, error)))
    client.writev([b"five "])
    client.end(memoryview(b"six"), lambda error: order.append((4, error)))
    run()
    assert got == b"one two three four five six"
    assert order == [(1, None), (2, None), (3, None), (4, None)]


def test_text_is_refused(loop: nodenet.Loop) -> None:
    with pytest.raises(TypeError, match="bytes"):
        nodenet.Socket().write("text")  # type: ignore[arg-type]


def test_paused_mode(loop: nodenet.Loop, run: Run) -> None:
    got: list[bytes | None] = []

    def connection(socket: nodenet.Socket) -> None:
        def readable() -> None:
            if socket.readable_length >= 5:
                got.append(socket.read(100))
                got.append(socket.read(2))
                got.append(socket.read())
                loop.post(client.end)
            else:
                got.append(socket.read())

        socket.on("readable", readable)
        socket.on("end", lambda: (got.append(b"end"), server.close()))

    server = nodenet.create_server(connection).listen(0, "127.0.0.1")
    client = nodenet.connect(port_of(server), "127.0.0.1")
    client.write(b"abcde")
    run()
    assert got == [None, b"ab", b"cde", None, b"end"]


def test_localhost(loop: nodenet.Loop, run: Run) -> None:
    lookups: list[tuple[object, ...]] = []
    server = nodenet.create_server(lambda socket: socket.end()).listen(0)
    client = nodenet.connect(port_of(server))
    client.on("lookup", lambda *args: lookups.append(args))
    client.on("close", lambda _: server.close())
    client.resume()
    run()
    assert lookups
    for error, address, family, host in lookups:
        assert error is None
        assert (address, family) in [("127.0.0.1", 4), ("::1", 6)]
        assert host == "localhost"


def test_max_connections_and_drop(loop: nodenet.Loop, run: Run) -> None:
    drops: list[nodenet.DropInfo] = []
    server = nodenet.create_server(lambda socket: socket.resume()).listen(0, "127.0.0.1")
    assert server.max_connections is None
    server.max_connections = 1
    assert server.max_connections == 1
    port = port_of(server)
    first = nodenet.connect(port, "127.0.0.1")

    def dropped(info: nodenet.DropInfo) -> None:
        drops.append(info)
        first.end()
        server.close()

    server.on("drop", dropped)
    ports: list[int | None] = []

    def connect_second() -> None:
        second = nodenet.connect(port, "127.0.0.1").resume()
        second.on("connect", lambda: ports.append(second.local_port))
        # The peer may see its end as a reset.
        second.on("error", lambda error: None)

    first.resume().on("connect", connect_second)
    run()
    (info,) = drops
    assert info.reason == "max_connections"
    assert (info.local_address, info.local_port, info.local_family) == ("127.0.0.1", port, "IPv4")
    assert (info.remote_address, info.remote_family) == ("127.0.0.1", "IPv4")
    assert [info.remote_port] == ports


def test_connect_again_from_close(loop: nodenet.Loop, run: Run) -> None:
    rounds: list[int] = []
    server = nodenet.create_server(lambda socket: socket.end(b"x")).listen(0, "127.0.0.1")
    port = port_of(server)
    client = nodenet.connect(port, "127.0.0.1")

    def closed(had_error: bool) -> None:
        rounds.append(client.bytes_read)
        if len(rounds) < 10:
            client.connect(port, "127.0.0.1")
        else:
            server.close()

    client.resume().on("close", closed)
    run()
    assert rounds == [1] * 10


def test_a_descriptor_taken_over(loop: nodenet.Loop, run: Run) -> None:
    ours, theirs = pysocket.socketpair()
    socket = nodenet.Socket(fd=ours.detach())
    got: list[bytes] = []
    socket.on("data", lambda chunk: (got.append(chunk), socket.end(b"pong")))
    theirs.sendall(b"ping")
    theirs.shutdown(pysocket.SHUT_WR)
    run()
    with theirs:
        assert theirs.recv(100) == b"pong"
    assert got == [b"ping"]


def test_server_on_an_inherited_descriptor(loop: nodenet.Loop, run: Run) -> None:
    with pysocket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        server = nodenet.create_server(lambda socket: socket.end(b"fd")).listen(fd=listener.detach())
    assert port_of(server) == port
    got: list[bytes] = []
    nodenet.connect(port, "127.0.0.1").on("data", got.append).on("close", lambda _: server.close())
    run()
    assert got == [b"fd"]


def test_custom_lookup(loop: nodenet.Loop, run: Run) -> None:
    asked: list[object] = []
    server = nodenet.create_server(lambda socket: socket.end(b"x")).listen(0, "127.0.0.1")

    def lookup(host: str, options: nodenet.LookupOptions, reply: nodenet.LookupReply) -> None:
        asked.append((host, options.family))
        threading.Thread(target=reply, args=(None, [("127.0.0.1", 4)])).start()

    client = nodenet.connect(port_of(server), "some.where", family=4, lookup=lookup)
    client.on("close", lambda _: server.close()).resume()
    # A lookup of the program's own does not hold the loop.
    loop.set_timeout(lambda: None, 50)
    held = loop.set_interval(lambda: client.connecting or held.stop(), 1)
    run()
    assert asked == [("some.where", 4)]
    assert client.bytes_read == 1


def test_lookup_that_fails_gives_its_own_exception(loop: nodenet.Loop, run: Run) -> None:
    cause = RuntimeError("no idea")
    errors: list[BaseException] = []

    def lookup(host: str, options: nodenet.LookupOptions, reply: nodenet.LookupReply) -> None:
        raise cause

    nodenet.connect(80, "some.where", lookup=lookup).on("error", errors.append)
    run()
    assert errors == [cause]


def test_is_ip() -> None:
    assert [nodenet.is_ip(text) for text in ("127.0.0.1", "::1", "localhost", "1.2.3", "")] == [4, 6, 0, 0, 0]
    assert nodenet.is_ipv4("1.2.3.4")
    assert nodenet.is_ipv6("fe80::1%eth0")
    assert not nodenet.is_ipv4("::")


def test_defaults_of_the_process() -> None:
    assert nodenet.get_default_auto_select_family() is True
    assert nodenet.get_default_auto_select_family_attempt_timeout() == 500
    nodenet.set_default_auto_select_family(False)
    nodenet.set_default_auto_select_family_attempt_timeout(300)
    try:
        assert nodenet.get_default_auto_select_family() is False
        assert nodenet.get_default_auto_select_family_attempt_timeout() == 300
    finally:
        nodenet.set_default_auto_select_family(True)
        nodenet.set_default_auto_select_family_attempt_timeout(500)
