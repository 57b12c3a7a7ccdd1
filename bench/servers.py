"""The servers that are compared: how each is started, alone or inside of a tool that counts what it does."""

import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from places import EXAMPLES, HERE, PEERS, PROGRAMS, TOKIO

# Longer than any server takes to end, also under valgrind.
PATIENCE = 120

# What a server does with what it reads: all back at once, or each request of 64 bytes by a write of its own; or the
# same as one write that the program has gathered by itself.
ECHO, REQUESTS, GATHERED = "echo", "requests", "gathered"

OURS, RAW = "nodenet", "epoll"


@dataclass(frozen=True)
class Server:
    """A program that answers: its command for each mode that it has, in which {target} is a port or a path."""

    name: str
    commands: Mapping[str, Sequence[str]]
    # Interpreters are not counted by instruction: what that shows is mostly their start and their compiler.
    compiled: bool = True
    environment: Mapping[str, str] | None = None


def nodenet() -> Server:
    echo, requests = EXAMPLES / "echo_server", PROGRAMS / "requests_server"
    return Server(OURS, {ECHO: (str(echo), "{option}", "{target}"), REQUESTS: (str(requests), "{target}")})


def visitors() -> Server:
    return Server("nodenet, user pointers", {ECHO: (str(PROGRAMS / "visitors_server"), "{target}")})


def peers(node: str | None) -> list[Server]:
    """Those of the others that are there, raw epoll first."""
    programs = {
        RAW: PEERS / "epoll",
        "uSockets": PEERS / "usockets",
        "libuv": PEERS / "libuv",
        "libevent": PEERS / "libevent",
        "Asio": PEERS / "asio",
        "tokio": TOKIO / "release" / "tokio-echo",
    }
    modes = {"libuv": (ECHO, REQUESTS, GATHERED)}
    found = [
        Server(name, {mode: (str(program), "{target}", mode) for mode in modes.get(name, (ECHO, REQUESTS))})
        for name, program in programs.items()
        if program.exists()
    ]
    if node is not None:
        script = str(HERE / "peers" / "node.js")
        commands = {mode: (node, script, "{target}", mode) for mode in (ECHO, REQUESTS)}
        found.append(Server("Node", commands, compiled=False))
    return found


def cpu_of(number: int) -> int:
    """The server has the first CPU, the load the second, where there are two."""
    cpus = sorted(os.sched_getaffinity(0))
    return cpus[number % len(cpus)]


@dataclass
class Running:
    """A server that listens."""

    pid: int
    target: str

    def memory(self) -> dict[str, int]:
        """Bytes of it that are in memory, by kind."""
        content = Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        return {name: int(kib) * 1024 for name, kib in re.findall(r"^(\w+): +(\d+) kB$", content, re.MULTILINE)}


def server_in(pid: int) -> int:
    """The process of the server: a tool that only watches has it as its child."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0]) if children else pid


@contextmanager
def running(
    server: Server, mode: str = ECHO, *, local: bool = False, inside: Sequence[str] = (), pinned: bool = False
) -> Iterator[Running]:
    """Listens on any port, or on a path, for as long as the block runs."""
    with tempfile.TemporaryDirectory() as folder:
        target = f"{folder}/socket" if local else "0"
        option = "--path" if local else "--port"
        command = [*inside, *(word.format(target=target, option=option) for word in server.commands[mode])]

        def prepare() -> None:
            # What a background shell ignores would be ignored here too.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            if pinned:
                os.sched_setaffinity(0, {cpu_of(0)})

        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **(server.environment or {})},
            preexec_fn=prepare,
        )
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"listening on (?:.*:(\d+)|(/.*))$", line.strip())
        if found is None:
            process.kill()
            raise SystemExit(f"bench: {' '.join(command)} does not listen: {line!r}")
        listening = Running(server_in(process.pid), found[1] or found[2])
        try:
            yield listening
        finally:
            os.kill(listening.pid, signal.SIGINT)
            try:
                process.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                raise
