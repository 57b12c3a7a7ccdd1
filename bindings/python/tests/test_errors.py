"""Every field of every kind of error, and the classes they come in."""

# mypy: disable-error-code="func-returns-value"

from __future__ import annotations

import errno
import os
import socket as pysocket
from pathlib import Path

import pytest

import nodenet
from conftest import Run, port_of
from nodenet import errors


def error_of(emitter: nodenet.Socket | nodenet.Server, run: Run) -> nodenet.Error:
    found: list[nodenet.Error] = []
    emitter.on("error", found.append)
    run()
    (error,) = found
    assert isinstance(error, nodenet.Error)
    return error


def fields(error: nodenet.Error) -> dict[str, object]:
    names = ("code", "errno", "syscall", "address", "port", "local_address", "local_port", "hostname", "message")
    return {name: value for name in names if (value := getattr(error, name)) is not None}


def test_connection_refused(loop: nodenet.Loop, run: Run, free_port: int) -> None:
    socket = nodenet.connect(free_port, "127.0.0.1")
    closed: list[bool] = []
    socket.on("close", closed.append)
    error = error_of(socket, run)
    assert isinstance(error, ConnectionRefusedError)
    assert isinstance(error, nodenet.NetworkError)
    assert fields(error) == {
        "code": "ECONNREFUSED",
        "errno": errno.ECONNREFUSED,
        "syscall": "connect",
        "address": "127.0.0.1",
        "port": free_port,
        "message": f"connect ECONNREFUSED 127.0.0.1:{free_port}",
    }
    assert str(error) == error.message
    assert error.strerror == os.strerror(errno.ECONNREFUSED)
    assert error.errors == ()
    assert closed == [True]
    assert isinstance(socket.errored, ConnectionRefusedError)


def test_local_address_in_use(loop: nodenet.Loop, run: Run, free_port: int) -> None:
    with pysocket.socket() as taken, pysocket.socket() as peer:
        peer.bind(("127.0.0.1", 0))
        peer.listen()
        taken.bind(("127.0.0.1", free_port))
        taken.listen()
        port = peer.getsockname()[1]
        socket = nodenet.connect(port, "127.0.0.1", local_address="127.0.0.1", local_port=free_port)
        error = error_of(socket, run)
    assert isinstance(error, OSError)
    assert fields(error) == {
        "code": "EADDRINUSE",
        "errno": errno.EADDRINUSE,
        "syscall": "bind",
        "address": "127.0.0.1",
        "port": free_port,
        "message": f"bind EADDRINUSE 127.0.0.1:{free_port}",
    }


def test_refused_from_a_local_address(loop: nodenet.Loop, run: Run, free_port: int) -> None:
    with pysocket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        local_port = probe.getsockname()[1]
    socket = nodenet.connect(free_port, "127.0.0.1", local_address="127.0.0.1", local_port=local_port)
    assert fields(error_of(socket, run)) == {
        "code": "ECONNREFUSED",
        "errno": errno.ECONNREFUSED,
        "syscall": "connect",
        "address": "127.0.0.1",
        "port": free_port,
        "local_address": "127.0.0.1",
        "local_port": local_port,
        "message": f"connect ECONNREFUSED 127.0.0.1:{free_port} - Local (127.0.0.1:{local_port})",
    }


def test_no_such_path(loop: nodenet.Loop, run: Run, sock_path: str) -> None:
    error = error_of(nodenet.connect(path=sock_path), run)
    assert isinstance(error, FileNotFoundError)
    assert fields(error) == {
        "code": "ENOENT",
        "errno": errno.ENOENT,
        "syscall": "connect",
        "address": sock_path,
        "message": f"connect ENOENT {sock_path}",
    }


def test_listen_on_a_port_in_use(loop: nodenet.Loop, run: Run) -> None:
    with pysocket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = nodenet.create_server().listen(port, "127.0.0.1")
        error = error_of(server, run)
        assert fields(error) == {
            "code": "EADDRINUSE",
            "errno": errno.EADDRINUSE,
            "syscall": "listen",
            "address": "127.0.0.1",
            "port": port,
            "message": f"listen EADDRINUSE: address already in use 127.0.0.1:{port}",
        }
    assert not server.listening
    # The same server can try again.
    server.listen(0, "127.0.0.1", callback=server.close)
    run()


def test_listen_on_a_path_in_use(loop: nodenet.Loop, run: Run, sock_path: str) -> None:
    first = nodenet.create_server().listen(path=sock_path)
    second = nodenet.create_server().listen(path=sock_path)
    second.on("error", lambda _: first.close())
    error = error_of(second, run)
    assert (error.code, error.address, error.port) == ("EADDRINUSE", sock_path, -1)
    assert not Path(sock_path).exists()


def test_name_that_does_not_exist(loop: nodenet.Loop, run: Run) -> None:
    # Two dots in a row cannot be a name: no resolver needs to be asked.
    socket = nodenet.connect(80, "not..a.name")
    looked: list[tuple[object, ...]] = []
    socket.on("lookup", lambda *args: looked.append(args))
    error = error_of(socket, run)
    assert isinstance(error, pysocket.gaierror)
    assert isinstance(error, nodenet.LookupFailed)
    assert fields(error) == {
        "code": "ENOTFOUND",
        "errno": pysocket.EAI_NONAME,
        "syscall": "getaddrinfo",
        "hostname": "not..a.name",
        "message": "getaddrinfo ENOTFOUND not..a.name",
    }
    ((lookup_error, address, family, host),) = looked
    assert isinstance(lookup_error, nodenet.LookupFailed)
    assert (address, family, host) == (None, None, "not..a.name")


def test_aggregate(loop: nodenet.Loop, run: Run, free_port: int) -> None:
    def lookup(host: str, options: nodenet.LookupOptions, reply: nodenet.LookupReply) -> None:
        assert options.all
        reply(None, [("127.0.0.1", 4), ("127.0.0.2", 4)])

    socket = nodenet.connect(free_port, "two.addresses", lookup=lookup)
    failed: list[tuple[object, ...]] = []
    socket.on("connection_attempt_failed", lambda *args: failed.append(args[:3]))
    error = error_of(socket, run)
    assert isinstance(error, nodenet.AggregateError)
    assert error.code == "ECONNREFUSED"
    assert error.message == ""
    first, second = error.errors
    assert isinstance(first, errors.ConnectionRefused)
    assert isinstance(second, errors.ConnectionRefused)
    assert (first.address, first.port) == ("127.0.0.1", free_port)
    assert (second.address, second.port) == ("127.0.0.2", free_port)
    assert str(error) == f"{first}; {second}"
    assert failed == [("127.0.0.1", free_port, 4), ("127.0.0.2", free_port, 4)]
    assert socket.auto_select_family_attempted_addresses == [f"127.0.0.1:{free_port}", f"127.0.0.2:{free_port}"]


def test_reset_by_the_peer(loop: nodenet.Loop, run: Run) -> None:
    server = nodenet.create_server().listen(0, "127.0.0.1")
    # Not before the client is connected: then it would be the connect that fails.
    server.on("connection", lambda socket: socket.once("data", lambda _: socket.reset_and_destroy()))
    client = nodenet.connect(port_of(server), "127.0.0.1")
    client.write(b"x")
    client.on("close", lambda _: server.close())
    error = error_of(client, run)
    assert isinstance(error, ConnectionResetError)
    assert fields(error) == {
        "code": "ECONNRESET",
        "errno": errno.ECONNRESET,
        "syscall": "read",
        "message": "read ECONNRESET",
    }


def test_write_after_end(loop: nodenet.Loop, run: Run) -> None:
    told: list[BaseException | None] = []
    server = nodenet.create_server(lambda socket: socket.resume()).listen(0, "127.0.0.1")
    client = nodenet.connect(port_of(server), "127.0.0.1")
    client.on("connect", lambda: (client.end(), told.append(None), client.write(b"x", told.append)))
    client.on("close", lambda _: server.close())
    error = error_of(client, run)
    assert (error.code, error.message, error.errno) == ("ERR_STREAM_WRITE_AFTER_END", "write after end", None)
    assert not isinstance(error, OSError)
    (_, completion) = told
    assert isinstance(completion, nodenet.Error)
    assert completion.code == "ERR_STREAM_WRITE_AFTER_END"


def test_writes_after_destroy(loop: nodenet.Loop, run: Run) -> None:
    told: list[str | None] = []
    socket = nodenet.Socket().destroy()
    assert socket.write(b"x", lambda error: told.append(getattr(error, "code", None))) is False
    run()
    assert socket.closed
    assert socket.write(b"y", lambda error: told.append(getattr(error, "code", None))) is False
    run()
    assert told == ["ERR_STREAM_DESTROYED", "ERR_STREAM_DESTROYED"]


def test_destroy_hands_back_the_very_exception(loop: nodenet.Loop, run: Run) -> None:
    mine = LookupError("mine")
    found: list[BaseException] = []
    closed: list[bool] = []
    socket = nodenet.Socket().on("error", found.append).on("close", closed.append)
    socket.destroy(mine).destroy(ValueError("a second one is not heard"))
    run()
    assert found == [mine]
    # As in Node: there was no connection to be closed by an error.
    assert closed == [False]
    assert socket.errored is mine


def test_unheard_error_is_raised_from_run_and_the_loop_goes_on(loop: nodenet.Loop, run: Run, free_port: int) -> None:
    closed: list[bool] = []
    nodenet.connect(free_port, "127.0.0.1").on("close", closed.append)
    with pytest.raises(nodenet.Error) as caught:
        run()
    assert caught.value.code == "ECONNREFUSED"
    assert caught.value.port == free_port
    run()
    assert closed == [True]


def test_unheard_exception_of_the_program(loop: nodenet.Loop, run: Run) -> None:
    mine = LookupError("mine")
    nodenet.Socket().destroy(mine)
    with pytest.raises(LookupError) as caught:
        run()
    assert caught.value is mine


def test_close_of_a_server_that_does_not_run(loop: nodenet.Loop, run: Run) -> None:
    told: list[object] = []
    server = nodenet.create_server().on("close", lambda: told.append("close"))
    server.close(lambda error: told.append(getattr(error, "code", error)))
    run()
    assert sorted(map(str, told)) == ["ERR_SERVER_NOT_RUNNING", "close"]


def test_arguments_are_refused_by_the_call(loop: nodenet.Loop) -> None:
    with pytest.raises(nodenet.InvalidArgument) as caught:
        nodenet.connect(65536)
    assert caught.value.code == "ERR_SOCKET_BAD_PORT"
    with pytest.raises(ValueError, match="65536"):
        nodenet.create_server().listen(-1)
    with pytest.raises(TypeError):
        nodenet.connect("80")  # type: ignore[arg-type]
    with pytest.raises(nodenet.InvalidArgument) as caught:
        nodenet.connect()
    assert caught.value.code == "ERR_MISSING_ARGS"
    with pytest.raises(nodenet.InvalidArgument) as caught:
        nodenet.connect(80, "127.0.0.1", local_address="not an address")
    assert caught.value.code == "ERR_INVALID_IP_ADDRESS"
    with pytest.raises(nodenet.InvalidArgument):
        nodenet.create_server().listen(80, path="/tmp/x")
    for bad in (-1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="timeout"):
            nodenet.Socket().set_timeout(bad)
    with pytest.raises(nodenet.Error):
        nodenet.Socket().set_type_of_service(256)
    with pytest.raises(ValueError, match="size"):
        nodenet.Socket().read(-1)
    with pytest.raises(nodenet.Error):
        nodenet.Socket(type_of_service=300)


def test_second_listen(loop: nodenet.Loop, run: Run) -> None:
    server = nodenet.create_server().listen(0)
    with pytest.raises(nodenet.Misuse) as caught:
        server.listen(0, "127.0.0.1")
    assert caught.value.code == "ERR_SERVER_ALREADY_LISTEN"
    server.close()
    run()


def test_wrong_thread(loop: nodenet.Loop) -> None:
    import threading

    server = nodenet.create_server()
    found: list[BaseException] = []

    def elsewhere() -> None:
        for call in (server.address, loop.run, lambda: loop.poll(0), lambda: nodenet.Socket(loop=loop)):
            try:
                call()
            except nodenet.Misuse as error:
                found.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert [error.code for error in found if isinstance(error, nodenet.Error)] == ["EWRONGTHREAD"] * 4


def test_after_the_loop_is_closed(run: Run, loop: nodenet.Loop) -> None:
    socket = nodenet.Socket()
    loop.close()
    with pytest.raises(nodenet.Misuse):
        socket.write(b"x")
    with pytest.raises(nodenet.Misuse):
        loop.run()
    with pytest.raises(nodenet.Misuse):
        nodenet.Socket(loop=loop)
    assert repr(socket) == "<nodenet.Socket gone>"
    assert "closed" in repr(loop)


def test_too_long_a_path(loop: nodenet.Loop, run: Run, tmp_path: Path) -> None:
    path = str(tmp_path / ("x" * 200))
    found: list[str] = []
    try:
        nodenet.connect(path=path).on("error", lambda error: found.append(error.code))
        run()
    except nodenet.Error as error:
        found.append(error.code)
    assert found[0] in ("EINVAL", "ENAMETOOLONG")
