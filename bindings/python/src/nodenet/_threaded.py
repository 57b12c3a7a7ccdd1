"""ThreadedLoop: a loop in a thread of its own."""

from __future__ import annotations

import concurrent.futures
import contextlib
import inspect
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Callable, TypeVar, overload

from . import _exit, _ffi
from ._loop import ExceptionHandler, Loop
from ._waiter import Waiter
from .errors import Misuse

T = TypeVar("T")

# What the loop itself cannot recover from.
_FATAL = (_ffi.NET_EPANIC, _ffi.NET_EBADF, _ffi.NET_EWRONGTHREAD, _ffi.NET_EBUSY)

_DAY_MS = 24 * 60 * 60 * 1000


class ThreadedLoop:
    """Runs a Loop in the background from `start` to `stop`, whether or not there is anything to wait for.

    All its objects belong to its thread: reach them with `run`, which gives a future, or `call_soon_threadsafe`.
    """

    def __init__(self, *, name: str = "nodenet", exception_handler: ExceptionHandler | None = None) -> None:
        self._name = name
        self._handler = exception_handler
        self._thread: threading.Thread | None = None
        self._loop: Loop | None = None
        self._started = threading.Event()
        self._stopping = False
        self._coroutines: dict[Coroutine[Any, Any, Any], concurrent.futures.Future[Any]] = {}

    def start(self) -> ThreadedLoop:
        if self._thread is not None:
            raise Misuse("the loop was started already", code="EBUSY")
        _exit.watch(self)
        # A daemon, so that the interpreter asks us to stop instead of waiting for a loop that never ends.
        self._thread = threading.Thread(target=self._main, name=self._name, daemon=True)
        self._thread.start()
        self._started.wait()
        if self._loop is None:
            raise Misuse("the thread could not make a loop", code="ENOMEM")
        return self

    def stop(self, timeout: float | None = None) -> None:
        """Ends the loop, closes all that is in it, and waits for the thread, at most `timeout` seconds; calls not yet
        begun are cancelled."""
        thread, loop = self._thread, self._loop
        if thread is None or loop is None:
            return
        self._stopping = True
        with contextlib.suppress(Misuse):
            # Posted, not called: the loop cannot be between two runs when it hears of it.
            loop.post(loop.stop)
        if thread is not threading.current_thread():
            thread.join(timeout)

    def end_for_exit(self) -> None:
        self.stop(_exit.PATIENCE_S)

    @property
    def loop(self) -> Loop:
        if self._loop is None:
            raise Misuse("the loop was not started", code="EINVAL")
        return self._loop

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive() and not self._stopping

    def call_soon_threadsafe(self, fn: Callable[..., object], *args: object) -> None:
        """Calls `fn(*args)` in the loop's thread; what it raises goes to the exception handler."""
        self.loop.post(fn, *args)

    @overload
    def run(self, fn: Callable[..., Coroutine[Any, Any, T]], *args: object) -> concurrent.futures.Future[T]: ...
    @overload
    def run(self, fn: Callable[..., T], *args: object) -> concurrent.futures.Future[T]: ...
    def run(self, fn: Callable[..., Any], *args: object) -> concurrent.futures.Future[Any]:
        """Calls `fn(*args)` in the loop's thread. The future gets what it returns or raises; if that is a coroutine,
        what the coroutine returns or raises. It may await whatever is made of Waiters: `once`, `async for`."""
        future: concurrent.futures.Future[Any] = concurrent.futures.Future()

        def call() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = fn(*args)
            except BaseException as error:
                future.set_exception(error)
                return
            if inspect.iscoroutine(result):
                self._coroutines[result] = future
                self._step(result)
            else:
                future.set_result(result)

        self.loop._post(call, (), future.cancel)
        return future

    def _step(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        """Runs a coroutine to its next await, and comes back when what it awaits is there."""
        try:
            awaited = coroutine.send(None)
            if not isinstance(awaited, Waiter):
                coroutine.close()
                raise TypeError(f"a coroutine of ThreadedLoop.run can only await nodenet's waiters, not {awaited!r}")
        except StopIteration as end:
            self._coroutines.pop(coroutine).set_result(end.value)
        except BaseException as error:
            self._coroutines.pop(coroutine).set_exception(error)
        else:
            awaited.add_done_callback(lambda _: self._step_later(coroutine))

    def _step_later(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        with contextlib.suppress(Misuse):  # the loop is closed, and the coroutine cancelled
            self.loop.post(self._step, coroutine)

    def _main(self) -> None:
        try:
            self._loop = loop = Loop().make_default()
        finally:
            self._started.set()
        loop.set_exception_handler(self._handler)
        # An empty loop would end at once; a timer far away keeps it waiting for calls.
        loop.set_interval(_nothing, _DAY_MS)
        try:
            while not self._stopping and not loop.closed:
                try:
                    loop.run()
                except SystemExit:
                    break
                except BaseException as error:
                    if isinstance(error, Misuse) and error.number in _FATAL:
                        raise
                    loop._report(error, self)
        finally:
            self._stopping = True
            self._cancel_coroutines()
            _exit.forget(self)
            loop.close()

    def _cancel_coroutines(self) -> None:
        while self._coroutines:
            coroutine, future = self._coroutines.popitem()
            coroutine.close()
            future.set_exception(concurrent.futures.CancelledError())

    def __enter__(self) -> ThreadedLoop:
        return self if self._thread is not None else self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _nothing() -> None:
    pass
