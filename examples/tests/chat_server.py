"""examples/chat_server with members of very different patience."""

import socket
from pathlib import Path
from typing import BinaryIO

import harness
from harness import Program


class Member:
    def __init__(self, port: int, name: str) -> None:
        self.peer = harness.connect(port)
        self.lines: BinaryIO = self.peer.makefile("rb")
        self.say(name)
        assert self.hear() == "* welcome"

    def say(self, text: str) -> None:
        self.peer.sendall(text.encode() + b"\n")

    def hear(self) -> str:
        line = self.lines.readline()
        assert line.endswith(b"\n"), f"the server hung up: {line!r}"
        return line.decode().rstrip("\n")


def test_broadcast(path: Path) -> None:
    """A line reaches all others with the speaker's name, and not the speaker."""
    with Program(path) as server:
        port = server.port()
        ann = Member(port, "Ann")
        ben = Member(port, "Ben")
        cleo = Member(port, "Cleo")
        assert [ann.hear(), ann.hear(), ben.hear()] == ["* Ben is here", "* Cleo is here", "* Cleo is here"]
        ann.say("good morning")
        assert ben.hear() == "Ann: good morning"
        assert cleo.hear() == "Ann: good morning"
        ben.say("and to you")
        assert ann.hear() == "Ben: and to you"
        assert cleo.hear() == "Ben: and to you"
        server.stop()


def test_pieces(path: Path) -> None:
    """A line may come in pieces, and one piece may hold several."""
    with Program(path) as server:
        port = server.port()
        ann = Member(port, "Ann")
        ben = Member(port, "Ben")
        assert ann.hear() == "* Ben is here"
        for letter in b"slow":
            ben.peer.sendall(bytes([letter]))
        ben.peer.sendall(b"\nfast\nfaster\n")
        assert [ann.hear(), ann.hear(), ann.hear()] == ["Ben: slow", "Ben: fast", "Ben: faster"]


def test_leaving(path: Path) -> None:
    """Others are told who has gone, by FIN or by reset; who never gave a name is not missed."""
    with Program(path) as server:
        port = server.port()
        ann = Member(port, "Ann")
        stranger = harness.connect(port)
        stranger.close()
        ben = Member(port, "Ben")
        assert ann.hear() == "* Ben is here"
        ben.peer.shutdown(socket.SHUT_RDWR)
        assert ann.hear() == "* Ben is gone"
        cleo = Member(port, "Cleo")
        assert ann.hear() == "* Cleo is here"
        cleo.lines.close()
        harness.reset(cleo.peer)
        assert ann.hear() == "* Cleo is gone"


def test_slow_member(path: Path) -> None:
    """Who does not read has to leave; the others hear every line meanwhile."""
    with Program(path) as server:
        port = server.port()
        reader = Member(port, "reader")
        sleeper = Member(port, "sleeper")
        speaker = Member(port, "speaker")
        assert [reader.hear(), reader.hear()] == ["* sleeper is here", "* speaker is here"]
        gone = False
        count = 0
        while not gone:
            # One batch at a time: the reader is never far behind, the sleeper always further.
            batch = [f"{count + i} ".ljust(900, "x") for i in range(50)]
            count += len(batch)
            assert count < 100_000, "90 MB went by, and the sleeper is still there"
            speaker.peer.sendall("".join(line + "\n" for line in batch).encode())
            heard = 0
            while heard < len(batch):
                line = reader.hear()
                if line == "* sleeper is gone":
                    gone = True
                else:
                    assert line == f"speaker: {batch[heard]}"
                    heard += 1
        sleeper.peer.close()


def test_long_line(path: Path) -> None:
    """A line longer than the server keeps is passed on in pieces, whole."""
    with Program(path) as server:
        port = server.port()
        ann = Member(port, "Ann")
        ben = Member(port, "Ben")
        assert ann.hear() == "* Ben is here"
        text = "".join(f"{i:05}" for i in range(1000))
        ben.say(text)
        heard = ""
        while len(heard) < len(text):
            heard += ann.hear().removeprefix("Ben: ")
        assert heard == text


harness.main(globals())
