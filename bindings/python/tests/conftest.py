"""A fresh loop for every test, and a guard against runs that never end."""

from __future__ import annotations

import environment  # noqa: F401  # before nodenet is imported

# isort: split
import gc
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Callable

import pytest

import nodenet

GUARD_MS = 20_000

# A shell that runs all this in the background has it ignored, also by the programs that are run here.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Stuck(BaseException):
    """The loop did not come to its end."""


def _stuck() -> None:
    raise Stuck


Run = Callable[[], None]


@pytest.fixture
def raised() -> list[BaseException]:
    """What callbacks raised; a test that expects any takes it out."""
    return []


@pytest.fixture
def loop(raised: list[BaseException]) -> Iterator[nodenet.Loop]:
    with nodenet.Loop().make_default() as loop:
        loop.set_exception_handler(lambda error, callback: raised.append(error))
        yield loop
    assert raised == []


@pytest.fixture
def run(loop: nodenet.Loop) -> Run:
    """Runs the loop to its own end, and fails if that does not come."""

    def run() -> None:
        guard = loop.set_timeout(_stuck, GUARD_MS).unref()
        try:
            loop.run()
        finally:
            if not loop.closed:
                guard.stop()

    return run


@pytest.fixture
def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def sock_path(tmp_path: Path) -> str:
    # Relative to the working directory if that is shorter: such paths hold 107 bytes.
    path = str(tmp_path / "s")
    return min(path, os.path.relpath(path), key=len)


def port_of(server: nodenet.Server) -> int:
    """The port; with a host, even a literal one, the system has chosen it only when the deferred work is done."""
    if not server.listening:
        server.loop.run_deferred()
    address = server.address()
    assert isinstance(address, nodenet.Address)
    return address.port


def open_fds() -> set[str]:
    """The descriptors of this process, as links; those of the listing itself are left out."""
    found = set()
    for name in os.listdir("/proc/self/fd"):
        try:
            found.add(f"{name} {os.readlink(f'/proc/self/fd/{name}')}")
        except FileNotFoundError:
            continue
    return found


def collect() -> None:
    for _ in range(3):
        gc.collect()
