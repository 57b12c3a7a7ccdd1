"""What clients do to a server: always the same, in lock step, so that what it costs can be counted."""

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

Load = Callable[[int], None]

REQUEST = 64


def connect(port: int) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=60)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


@contextmanager
def connections(port: int, count: int) -> Iterator[list[socket.socket]]:
    with ExitStack() as all_of_them:
        yield [all_of_them.enter_context(connect(port)) for _ in range(count)]


def receive(client: socket.socket, length: int) -> bytes:
    found = b""
    while len(found) < length:
        part = client.recv(length - len(found))
        if not part:
            raise SystemExit("bench: the server has hung up")
        found += part
    return found


def round_trip(clients: list[socket.socket], message: bytes) -> None:
    """One request on each, and then what comes back on each."""
    for client in clients:
        client.sendall(message)
    for client in clients:
        if receive(client, len(message)) != message:
            raise SystemExit("bench: the server answers something else")


def echo(count: int, rounds: int) -> Load:
    """So many connections, so many requests on each."""

    def load(port: int) -> None:
        with connections(port, count) as clients:
            for number in range(rounds):
                round_trip(clients, bytes((number + at) % 251 for at in range(REQUEST)))

    return load


def pipelined(batches: int, requests: int) -> Load:
    """One connection, several requests at once."""

    def load(port: int) -> None:
        with connections(port, 1) as clients:
            for number in range(batches):
                round_trip(clients, bytes((number + at) % 251 for at in range(REQUEST * requests)))

    return load


def lives(count: int, rounds: int) -> Load:
    """Connections that live for one byte, and end with a reset so that no port is used up."""

    def load(port: int) -> None:
        for _ in range(rounds):
            with connections(port, count) as clients:
                round_trip(clients, b"?")
                for client in clients:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return load
