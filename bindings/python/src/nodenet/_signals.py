"""Ctrl-C, and signals altogether, while a loop waits in the main thread.

Python runs signal handlers between two of its own instructions, so a thread that sleeps inside the library would not
notice one. And if the handler raised at the first instruction of a thunk, ctypes would swallow the exception and the
event with it. Therefore the main thread waits in Python, on the loop's fd and the signal wakeup fd, and SIGINT only
raises by itself where a listener's own code runs.
"""

from __future__ import annotations

import contextlib
import importlib
import select
import signal
import socket
from types import FrameType, TracebackType
from typing import Any, Callable

# The module behind `signal` does not look for a name of the handler, which takes long where there is none: asyncio's
# handler has every task described first.
_handler_of: Callable[[int], object] = getattr(importlib.import_module("_signal"), "getsignal", signal.getsignal)

_pair: tuple[socket.socket, socket.socket] | None = None


def _wake_pair() -> tuple[socket.socket, socket.socket]:
    global _pair
    if _pair is None:
        _pair = socket.socketpair()
        for end in _pair:
            end.setblocking(False)
    return _pair


def is_interrupted_by_default() -> bool:
    """Whether Ctrl-C raises KeyboardInterrupt as Python has it by itself; else somebody else sees to it."""
    return _handler_of(signal.SIGINT) is signal.default_int_handler


class SignalWatch:
    """Main thread only. `in_listener` tells whether a listener runs, `stop` makes the loop leave its turn."""

    def __init__(self, in_listener: Callable[[], bool], stop: Callable[[], object]) -> None:
        self.interrupted = False
        self._in_listener = in_listener
        self._stop = stop
        self._swapped = False
        self._wakes = False
        self._old_fd = -1
        self._poller: Any = None

    def __enter__(self) -> SignalWatch:
        if is_interrupted_by_default():
            signal.signal(signal.SIGINT, self._on_interrupt)
            self._swapped = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._wakes:
            signal.set_wakeup_fd(self._old_fd)
        if self._swapped:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def _on_interrupt(self, signum: int, frame: FrameType | None) -> None:
        if self._in_listener():
            raise KeyboardInterrupt
        self.interrupted = True
        self._stop()

    def wait(self, loop_fd: int, timeout_ms: int) -> None:
        """Until the loop has something to do, a signal came, or the time is up (negative: none)."""
        if self._poller is None:
            self._poller = self._start_waiting(loop_fd)
        self._poller.poll(None if timeout_ms < 0 else timeout_ms)
        if self._wakes:
            with contextlib.suppress(BlockingIOError):
                _wake_pair()[0].recv(4096)

    def _start_waiting(self, loop_fd: int) -> Any:
        poller = select.poll()
        poller.register(loop_fd, select.POLLIN)
        reader, writer = _wake_pair()
        old = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        if old in (-1, writer.fileno()):
            self._wakes = True
            self._old_fd = old
            poller.register(reader.fileno(), select.POLLIN)
        else:
            # Somebody else's (an asyncio loop that is running): it stays his, poll() still ends at a signal.
            signal.set_wakeup_fd(old)
        return poller
