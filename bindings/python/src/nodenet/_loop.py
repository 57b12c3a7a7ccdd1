"""Loop: one thread's servers, sockets and timers, run until nothing is left to wait for."""

from __future__ import annotations

import ctypes
import threading
import warnings
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Callable, Protocol

from . import _ffi
from ._address import milliseconds
from ._arrivals import Arrivals
from ._exit import inside_library
from ._library import lib
from ._reaper import Reaper
from ._registry import DROP, NO_DROP, Droppable, hold, slots
from ._report import report
from ._signals import SignalWatch, is_interrupted_by_default
from ._tracing import Trace, Tracer, on_trace
from .errors import Misuse, OutOfMemory, check, from_number, from_struct

if TYPE_CHECKING:
    from ._timer import Timer

ExceptionHandler = Callable[[BaseException, object], object]

# Where the library has no pollable fd the main thread looks for signals this often.
_SLICE_MS = 100

_local = threading.local()
# By thread: Python keeps nothing for one that is not its own from one callback to the next.
_of_groups: dict[int, Loop] = {}


@dataclass(frozen=True)
class Metrics:
    """Figures of a loop since it was made; `handles` is what is alive now."""

    turns: int
    events: int
    handles: int
    bytes_read: int
    bytes_written: int


class Embedder(Protocol):
    """Runs the turns of a loop in another one."""

    def timers_changed(self) -> None: ...

    def detach(self) -> None: ...


class _Posted(Droppable):
    """A call on its way into a loop."""

    __slots__ = ("args", "called", "fn", "loop", "on_drop")

    def __init__(
        self, loop: Loop, fn: Callable[..., object], args: tuple[Any, ...], on_drop: Callable[[], object] | None
    ) -> None:
        self.loop = loop
        self.fn = fn
        self.args = args
        self.on_drop = on_drop
        self.called = False

    def dropped(self) -> None:
        if not self.called and self.on_drop is not None:
            self.on_drop()


@_ffi.thunk(_ffi.net_loop_fn)
def _run_posted(_loop: int, user: int) -> None:
    posted = slots.get(user)
    if posted is not None:
        posted.called = True
        posted.loop._call(posted.fn, posted.args)


def _free_loop(handle: int, reaper: Reaper) -> None:
    reaper.close()
    if lib.net_loop_free(handle) == _ffi.NET_EWRONGTHREAD:
        warnings.warn("a nodenet loop was not closed by its own thread", ResourceWarning, stacklevel=2)


class Loop:
    """A loop belongs to the thread that made it; other threads may only `post` to it and `stop` it."""

    def __init__(self) -> None:
        handle = lib.net_loop_new()
        if not handle:
            raise OutOfMemory("no new loop", code="ENOMEM", number=_ffi.NET_ENOMEM)
        self._own(handle)
        self._finalizer = weakref.finalize(self, _free_loop, handle, self._reaper)
        self._finalizer.atexit = False

    @classmethod
    def _of_group(cls, handle: int) -> Loop:
        """A loop that the calling thread has from a group, which frees it."""
        loop = cls.__new__(cls)
        loop._own(handle)
        _of_groups[loop._thread_id] = loop
        loop._finalizer = weakref.finalize(loop, loop._reaper.close)
        loop._finalizer.atexit = False
        return loop

    _finalizer: weakref.finalize[Any, Any]

    def _own(self, handle: int) -> None:
        self._handle = handle
        self._thread_id = threading.get_ident()
        self._closed = False
        self._closing = False
        self._stop_requested = False
        self._running = False
        self._in_listener = False
        # Who runs the turns of this loop in another one.
        self._embedder: Embedder | None = None
        self._raised: BaseException | None = None
        self._handler: ExceptionHandler | None = None
        # Handle -> object: the one object there is for a handle, and those that are to live while events may come.
        self._objects: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
        self._pinned: dict[int, object] = {}
        # What is read on demand comes in here.
        self._arrivals = Arrivals()
        self._reaper = Reaper(handle)

    # ---- which loop ----
    @staticmethod
    def default() -> Loop:
        """The calling thread's own loop, made when it is first asked for."""
        loop: Loop | None = getattr(_local, "loop", None) or _of_groups.get(threading.get_ident())
        if loop is None or loop.closed:
            loop = Loop()
            _local.loop = loop
        return loop

    def make_default(self) -> Loop:
        """Makes this the calling thread's default loop."""
        _local.loop = self
        return self

    # ---- running ----
    def run(self) -> None:
        """Until nothing referenced is left, or `stop`; raises the Error of an `error` event that nobody listened to."""
        with self._run_once():
            if threading.current_thread() is threading.main_thread():
                result = self._run_in_main_thread()
            else:
                with inside_library(self):
                    result = lib.net_loop_run(self._handle)
        self._settle(result)

    def poll(self, timeout: float | None = 0) -> None:
        """One turn, waiting at most `timeout` milliseconds for something to do; None waits as long as needed."""
        wait = -1 if timeout is None else milliseconds(timeout, "timeout")
        with self._run_once():
            if threading.current_thread() is threading.main_thread():
                if wait < 0 and not self.alive:
                    wait = 0
                with self._watch() as watch:
                    result = self._turn(watch, wait)
                    if watch.interrupted:
                        self._raised = KeyboardInterrupt()
            else:
                with inside_library(self):
                    result = lib.net_loop_poll(self._handle, wait)
        self._settle(result)

    def _poll_now(self) -> None:
        """A turn without waiting, for embedders."""
        self._once(lib.net_loop_poll, 0)

    def _once(self, call: Callable[..., int], *args: int) -> None:
        """Without a context manager of its own: asyncio comes here for each turn."""
        self._begin_run()
        try:
            if is_interrupted_by_default() and threading.current_thread() is threading.main_thread():
                with self._watch() as watch:
                    result = call(self._handle, *args)
                    if watch.interrupted:
                        self._raised = KeyboardInterrupt()
            else:
                result = call(self._handle, *args)
        finally:
            self._running = False
        self._settle(result)

    def _timers_changed(self) -> None:
        """A timer was set, perhaps outside of a turn."""
        if self._embedder is not None:
            self._embedder.timers_changed()

    @contextmanager
    def _run_once(self) -> Iterator[None]:
        self._begin_run()
        try:
            yield
        finally:
            self._running = False

    def _begin_run(self) -> None:
        self._check_open()
        if threading.get_ident() != self._thread_id:
            raise from_number(_ffi.NET_EWRONGTHREAD)
        if self._running:
            # Said before any waiting: the main thread waits outside the library, which would refuse it too.
            raise from_number(_ffi.NET_EBUSY)
        self._running = True

    def stop(self) -> None:
        """Makes `run` return after the running callback; from any thread."""
        self._stop_requested = True
        lib.net_loop_stop(self._handle)

    def run_deferred(self) -> None:
        """Runs what calls made outside of a turn have queued; for those who embed the loop."""
        self._once(lib.net_loop_run_deferred)

    def _watch(self) -> SignalWatch:
        return SignalWatch(lambda: self._in_listener, lambda: lib.net_loop_stop(self._handle))

    def _run_in_main_thread(self) -> int:
        with self._watch() as watch:
            while True:
                alive: int = lib.net_loop_alive(self._handle)
                if alive != 1:
                    return alive
                result = self._turn(watch, -1)
                if watch.interrupted:
                    self._raised = KeyboardInterrupt()
                if result < 0 or self._raised is not None or self._stop_requested:
                    return result

    def _turn(self, watch: SignalWatch, timeout: int) -> int:
        loop_fd = lib.net_loop_fd(self._handle)
        if loop_fd < 0:
            slice_ms = _SLICE_MS if timeout < 0 else min(timeout, _SLICE_MS)
            return int(lib.net_loop_poll(self._handle, slice_ms))
        due = lib.net_loop_timeout(self._handle)
        if due < -1:
            return int(due)
        if timeout >= 0:
            due = timeout if due < 0 else min(due, timeout)
        if due != 0:
            watch.wait(loop_fd, due)
        return int(lib.net_loop_poll(self._handle, 0))

    def _settle(self, result: int) -> None:
        """After the library returned: whatever a callback or the library wants to raise."""
        self._stop_requested = False
        if self._closing:
            self._forget()
        elif not self._closed:
            self._reaper.flush()
        raised, self._raised = self._raised, None
        if raised is not None:
            raise raised
        if result < 0 and not self._closed:
            unheard = lib.net_loop_error(self._handle)
            if unheard and unheard.contents.number == result:
                raise from_struct(unheard.contents)
            raise from_number(result)

    def _check_open(self) -> None:
        if self._closed:
            raise Misuse("the loop is closed", code="EBADF", number=_ffi.NET_EBADF)

    # ---- calls from elsewhere ----
    def post(self, fn: Callable[..., object], *args: object) -> None:
        """Calls `fn(*args)` in the loop's thread, later; from any thread."""
        self._post(fn, args, None)

    def call_soon_threadsafe(self, fn: Callable[..., object], *args: object) -> None:
        """`post`, by asyncio's name."""
        self._post(fn, args, None)

    def _post(self, fn: Callable[..., object], args: tuple[Any, ...], on_drop: Callable[[], object] | None) -> None:
        key = hold(_Posted(self, fn, args, on_drop))
        check(lib.net_loop_post(self._handle, _run_posted, key, DROP))

    # ---- callbacks ----
    def set_exception_handler(self, handler: ExceptionHandler | None) -> None:
        """`handler(exception, callback)` is told what callbacks raise; None: sys.unraisablehook is."""
        self._handler = handler

    def _call(self, fn: Callable[..., object], args: tuple[object, ...]) -> None:
        """Every call of a listener goes through here: nothing that it raises reaches the library."""
        outer = self._in_listener
        try:
            self._in_listener = True
            fn(*args)
            self._in_listener = outer
        except Exception as exception:
            self._in_listener = outer
            self._report(exception, fn)
        except BaseException as exception:
            self._in_listener = outer
            self._interrupt(exception)

    def _report(self, exception: BaseException, fn: object) -> None:
        try:
            if self._handler is not None:
                self._handler(exception, fn)
            else:
                report(exception, fn)
        except Exception as worse:
            report(worse, self._handler)
        except BaseException as worse:
            self._interrupt(worse)

    def _interrupt(self, exception: BaseException) -> None:
        """KeyboardInterrupt, SystemExit and their kin end the run and are raised from it."""
        if self._raised is None:
            self._raised = exception
        lib.net_loop_stop(self._handle)

    # ---- timers ----
    def set_timeout(self, callback: Callable[..., object], delay: float, *args: object) -> Timer:
        """Calls `callback(*args)` once, after `delay` milliseconds."""
        from ._timer import Timer

        return Timer(self).start(callback, delay, args=args)

    def set_interval(self, callback: Callable[..., object], delay: float, *args: object) -> Timer:
        """Calls `callback(*args)` every `delay` milliseconds."""
        from ._timer import Timer

        return Timer(self).start(callback, delay, repeat=max(delay, 1), args=args)

    # ---- state ----
    @property
    def closed(self) -> bool:
        return self._closed

    @property
    def alive(self) -> bool:
        """Whether `run` would have something to wait for."""
        return not self._closed and check(lib.net_loop_alive(self._handle)) == 1

    @property
    def gather_writes(self) -> bool:
        """Whether the writes of a callback beyond the first go out together, when it returns."""
        return check(lib.net_loop_gather_writes(self._handle)) == 1

    @gather_writes.setter
    def gather_writes(self, enable: bool) -> None:
        check(lib.net_loop_set_gather_writes(self._handle, bool(enable)))

    def set_trace(self, fn: Callable[[Trace], object] | None) -> None:
        """`fn` is told of all that happens to sockets and servers, to look for faults; None: nobody is any more."""
        if fn is None:
            check(lib.net_loop_set_trace(self._handle, _ffi.net_trace_fn(), None, NO_DROP))
        else:
            check(lib.net_loop_set_trace(self._handle, on_trace, hold(Tracer(self, fn)), DROP))

    @property
    def fd(self) -> int:
        """Readable (level-triggered) when the loop has something to do: for embedding it in another loop."""
        return check(lib.net_loop_fd(self._handle))

    @property
    def timeout(self) -> int | None:
        """Milliseconds until the next turn is due, 0 for now, None if only the fd can tell."""
        timeout: int = lib.net_loop_timeout(self._handle)
        return None if timeout == -1 else check(timeout)

    @property
    def now(self) -> int:
        """The loop's clock in milliseconds, read once per turn."""
        return int(lib.net_loop_now(self._handle))

    def metrics(self) -> Metrics:
        out = _ffi.net_loop_metrics()
        check(lib.net_loop_get_metrics(self._handle, ctypes.byref(out)))
        return Metrics(out.turns, out.events, out.handles, out.bytes_read, out.bytes_written)

    # ---- the end ----
    def close(self) -> None:
        """Frees the loop and all that is left in it; inside one of its callbacks, as soon as that has returned."""
        if self._closed:
            return
        if self._embedder is not None and threading.get_ident() == self._thread_id:
            # While the fd that the outer loop watches is still ours.
            self._embedder.detach()
        inside = self._in_listener
        check(lib.net_loop_free(self._handle))
        if inside:
            self._closing = True
        else:
            self._forget()

    def _forget(self) -> None:
        self._closed = True
        self._closing = False
        self._finalizer.detach()
        self._reaper.close()
        self._pinned.clear()
        if getattr(_local, "loop", None) is self:
            _local.loop = None
        if _of_groups.get(self._thread_id) is self:
            del _of_groups[self._thread_id]

    def __enter__(self) -> Loop:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<nodenet.Loop {'closed' if self._closed else hex(self._handle)}>"
