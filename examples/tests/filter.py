"""examples/filter against the same records made in Python."""

import socket
import struct
import threading
from pathlib import Path

import harness
from harness import Program


def sequence() -> bytes:
    """What the bytes are combined with, until it begins anew."""
    out = [0]
    while (following := (out[-1] * 5 + 1) & 255) != 0:
        out.append(following)
    return bytes(out)


SEQUENCE = sequence()


class Scramble:
    """One direction."""

    def __init__(self) -> None:
        self.at = 0

    def of(self, data: bytes) -> bytes:
        begin = self.at % len(SEQUENCE)
        self.at += len(data)
        key = (SEQUENCE * (len(data) // len(SEQUENCE) + 2))[begin : begin + len(data)]
        return (int.from_bytes(data, "big") ^ int.from_bytes(key, "big")).to_bytes(len(data), "big")


def records(data: bytes, size: int = 16384) -> bytes:
    scramble = Scramble()
    parts = [scramble.of(data[at : at + size]) for at in range(0, len(data), size)]
    return b"".join(struct.pack(">H", len(part)) + part for part in parts)


def plain(received: bytes) -> bytes:
    scramble = Scramble()
    parts = []
    at = 0
    while at < len(received):
        (size,) = struct.unpack(">H", received[at : at + 2])
        assert len(received) >= at + 2 + size, "the last record is not whole"
        parts.append(scramble.of(received[at + 2 : at + 2 + size]))
        at += 2 + size
    return b"".join(parts)


def told(program: Program) -> str:
    """What it has said of errors, once it is asked to end."""
    program.await_idle()
    program.process.terminate()
    status, _, errors = program.finish()
    assert status == 0
    return errors


def test_records_cut_anywhere(path: Path) -> None:
    sent = b"a few bytes" + bytes(range(256)) * 3
    with Program(path) as program, harness.connect(program.port()) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in records(sent, 100):
            client.sendall(bytes([byte]))
        client.shutdown(socket.SHUT_WR)
        assert plain(harness.receive_to_end(client)) == sent
        program.stop()


def test_nobody_reads_for_a_while(path: Path) -> None:
    sent = harness.pattern(64 << 20)
    wire = records(sent)
    with Program(path) as program, harness.connect(program.port()) as client:
        client.setblocking(False)
        gone = 0
        stuck = False
        while not stuck:
            before = gone
            try:
                while gone < len(wire):
                    gone += client.send(wire[gone : gone + (1 << 20)])
            except BlockingIOError:
                pass
            program.await_idle()
            stuck = gone == before
        # The server does not take what nobody takes back.
        assert gone < len(wire)
        client.setblocking(True)

        def send() -> None:
            client.sendall(wire[gone:])
            client.shutdown(socket.SHUT_WR)

        writer = threading.Thread(target=send)
        writer.start()
        received = harness.receive_to_end(client)
        writer.join()
        assert plain(received) == sent
        assert program.peak_memory() < 32 << 20
        program.stop()


def test_an_end_inside_a_record(path: Path) -> None:
    with Program(path) as program, harness.connect(program.port()) as client:
        client.sendall(records(b"whole") + records(b"cut")[:-1])
        client.shutdown(socket.SHUT_WR)
        assert plain(harness.receive_to_end(client)) == b"whole"
        assert told(program) == "what arrived is no record\n"


def test_no_record(path: Path) -> None:
    with Program(path) as program, harness.connect(program.port()) as client:
        client.sendall(b"\0\0anything")
        assert harness.receive_to_end(client) == b""
        assert told(program) == "what arrived is no record\n"


harness.main(globals())
