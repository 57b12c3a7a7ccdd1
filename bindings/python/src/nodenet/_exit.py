"""The end of the interpreter: loops in daemon threads are out of the library before it comes.

A thread that returns from the library while Python is being taken down is ended by force, inside native code.
"""

from __future__ import annotations

import atexit
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol

from .errors import Misuse

if TYPE_CHECKING:
    from ._loop import Loop

# How long the interpreter waits at its end for a callback that does not return.
PATIENCE_S = 30


class Ender(Protocol):
    """Something that runs in the background and can be told to end."""

    def end_for_exit(self) -> None: ...


_enders: weakref.WeakSet[Ender] = weakref.WeakSet()
_registered = False
_exiting = False


def watch(ender: Ender) -> None:
    """Has `ender` told when the interpreter ends."""
    global _registered
    _enders.add(ender)
    if not _registered:
        _registered = True
        # Plain atexit comes after threads were joined: too late for whoever waits for a loop to end.
        getattr(threading, "_register_atexit", atexit.register)(_end_all)


def forget(ender: Ender) -> None:
    _enders.discard(ender)


def _end_all() -> None:
    global _exiting
    _exiting = True
    for ender in list(_enders):
        ender.end_for_exit()


class _DaemonRun:
    """A call of run or poll in a daemon thread."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self.left = threading.Event()

    def end_for_exit(self) -> None:
        with suppress(Misuse):
            # Refused if the thread was faster, and its loop is gone.
            self._loop.post(self._loop.stop)
            self.left.wait(PATIENCE_S)


@contextmanager
def inside_library(loop: Loop) -> Iterator[None]:
    """Around a wait of a thread that is not the main one."""
    if not threading.current_thread().daemon:
        yield
        return
    run = _DaemonRun(loop)
    watch(run)
    try:
        if _exiting:
            raise SystemExit
        yield
    finally:
        forget(run)
        run.left.set()
    if _exiting:
        raise SystemExit
