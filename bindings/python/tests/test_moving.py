"""Sockets and servers that are moved to the loop of another thread."""

from __future__ import annotations

import socket as pysocket
import threading

import pytest

import nodenet
from conftest import port_of

WAIT = 30


def talk(port: int) -> bytes:
    with pysocket.create_connection(("127.0.0.1", port), timeout=WAIT) as peer:
        peer.sendall(b"ping")
        return peer.recv(100)


def test_sockets_are_served_by_other_threads() -> None:
    loop = nodenet.Loop()
    threads: set[int] = set()
    dead: list[str] = []

    def serve(socket: nodenet.Socket) -> None:
        threads.add(threading.get_ident())
        socket.on("data", socket.end)

    with nodenet.ThreadedLoop() as first, nodenet.ThreadedLoop() as second:
        targets = [first, second]

        def pass_on(socket: nodenet.Socket) -> None:
            socket.on("close", lambda _: dead.append("an event of the old socket"))
            socket.move(targets[len(dead) % 2], serve)
            with pytest.raises(nodenet.Misuse) as caught:
                socket.write(b"x")
            dead.append(caught.value.code)
            if len(dead) == 4:
                server.close()

        server = nodenet.Server(loop=loop).on("connection", pass_on).listen(0)
        answers: list[bytes] = []
        port = port_of(server)
        clients = [threading.Thread(target=lambda: answers.append(talk(port))) for _ in range(4)]
        for client in clients:
            client.start()
        loop.run()
        for client in clients:
            client.join()
        assert answers == [b"ping"] * 4
        assert threads == {target.run(threading.get_ident).result(WAIT) for target in targets}
    assert dead == ["EBADF"] * 4
    loop.close()


def test_a_socket_that_was_written_to_stays() -> None:
    loop = nodenet.Loop()
    codes: list[str] = []

    def refuse(socket: nodenet.Socket) -> None:
        socket.end(b"here")
        with pytest.raises(nodenet.Error) as caught:
            socket.move(loop, lambda _: None)
        codes.append(caught.value.code)
        server.close()

    server = nodenet.Server(loop=loop).on("connection", refuse).listen(0)
    got: list[bytes] = []
    nodenet.connect(port_of(server), "127.0.0.1", loop=loop).on("data", got.append)
    loop.run()
    assert (codes, got) == (["ERR_WORKER_HANDLE_NOT_TRANSFERABLE"], [b"here"])
    loop.close()


def test_a_server_goes_with_its_queue() -> None:
    loop = nodenet.Loop()
    server = nodenet.Server(loop=loop).listen(0)
    port = port_of(server)
    peer = pysocket.create_connection(("127.0.0.1", port), timeout=WAIT)
    arrived = threading.Event()

    def serve(moved: nodenet.Server) -> None:
        moved.on("connection", lambda socket: socket.on("data", socket.end))
        moved.on("listening", arrived.set)

    with nodenet.ThreadedLoop() as threaded:
        server.move(threaded, serve)
        with pytest.raises(nodenet.Misuse):
            server.address()
        loop.run()  # nothing is left in it but what the old handle leaves behind
        assert arrived.wait(WAIT)
        peer.sendall(b"queued")
        assert peer.recv(100) == b"queued"
        peer.close()
        assert talk(port) == b"ping"
    loop.close()


def test_what_moves_to_a_closed_loop_is_refused() -> None:
    loop, closed = nodenet.Loop(), nodenet.Loop()
    closed.close()
    server = nodenet.Server(loop=loop).listen(0)
    with pytest.raises(nodenet.Misuse):
        server.move(closed, lambda _: None)
    assert server.listening
    loop.close()
