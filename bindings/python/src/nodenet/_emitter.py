"""Listeners: `on`, `once`, `off` as in Node, one registration with the library per event in use."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, Callable, ClassVar, NamedTuple, TypeVar, overload

from ._library import lib
from ._registry import DROP, hold, slots
from .errors import InvalidArgument, check

if TYPE_CHECKING:
    from ._loop import Loop

Listener = Callable[..., object]
ListenerT = TypeVar("ListenerT", bound=Listener)
EmitterT = TypeVar("EmitterT", bound="Emitter")


class Binding(NamedTuple):
    """How an event is heard from the library."""

    on: Any
    off: Any
    thunk: Any


def bindings(noun: str, thunks: dict[str, Any]) -> dict[str, Binding]:
    """For each event of a noun its functions in the library and the thunk that they are given."""
    return {
        event: Binding(getattr(lib, f"net_{noun}_on_{event}"), getattr(lib, f"net_{noun}_off_{event}"), thunk)
        for event, thunk in thunks.items()
    }


class _Entry:
    __slots__ = ("fn", "once")

    def __init__(self, fn: Listener, once: bool) -> None:
        self.fn = fn
        self.once = once


def dispatch(user: int, args: tuple[object, ...]) -> None:
    """Hands an event to the emitter that its key belongs to."""
    slot = slots.get(user)
    if slot is not None:
        emitter = slot[0]()
        if emitter is not None:
            emitter._emit(slot[1], args)


class Emitter:
    """Base of Server and Socket.

    The table of keys holds emitters weakly: what keeps an open one alive is its loop, and after `close` only the
    program, so that an object and its listeners, which usually know each other, can be collected together.
    """

    # Names in snake_case -> binding. Node's camelCase names are understood too.
    _bindings: ClassVar[dict[str, Binding]]
    # Heard by the object itself, from beginning to end.
    _always = "close"

    def __init__(self, loop: Loop, handle: int, free: str) -> None:
        self._loop = loop
        self._handle = handle
        self._listeners: dict[str, list[_Entry]] = {}
        self._keys: dict[str, int] = {}
        # Whether there is a `close` to come; while there is, the loop holds the object.
        self._open = False
        loop._objects[handle] = self
        finalizer = weakref.finalize(self, loop._reaper.bury, free, handle)
        finalizer.atexit = False
        self._hear(self._always)

    # ---- the program's side ----
    @overload
    def on(self: EmitterT, event: str, listener: Listener) -> EmitterT: ...
    @overload
    def on(self, event: str) -> Callable[[ListenerT], ListenerT]: ...
    def on(self, event: str, listener: Listener | None = None) -> Any:
        """Adds a listener; without one, gives a decorator."""
        return self._add(event, listener, once=False)

    @overload
    def once(self: EmitterT, event: str, listener: Listener) -> EmitterT: ...
    @overload
    def once(self, event: str) -> Callable[[ListenerT], ListenerT]: ...
    def once(self, event: str, listener: Listener | None = None) -> Any:
        """Adds a listener that is removed just before its first call; without one, gives a decorator."""
        return self._add(event, listener, once=True)

    def off(self: EmitterT, event: str, listener: Listener) -> EmitterT:
        """Removes the newest listener that equals `listener`; nothing happens if there is none."""
        event = self._event(event)
        for entry in reversed(self._listeners.get(event, [])):
            if entry.fn == listener:
                self._remove(event, entry)
                break
        return self

    def remove_all_listeners(self: EmitterT, event: str | None = None) -> EmitterT:
        for name in [self._event(event)] if event is not None else list(self._listeners):
            for entry in list(self._listeners.get(name, [])):
                self._remove(name, entry)
        return self

    def listeners(self, event: str) -> list[Listener]:
        return [entry.fn for entry in self._listeners.get(self._event(event), [])]

    def listener_count(self, event: str) -> int:
        return len(self._listeners.get(self._event(event), []))

    @property
    def loop(self) -> Loop:
        return self._loop

    # ---- inside ----
    def _event(self, name: str) -> str:
        if name not in self._bindings:
            snake = "".join("_" + c.lower() if c.isupper() else c for c in name)
            if snake not in self._bindings:
                raise InvalidArgument(f"a {type(self).__name__} has no event {name!r}", code="ERR_INVALID_ARG_VALUE")
            name = snake
        return name

    def _add(self, event: str, listener: Listener | None, once: bool) -> Any:
        event = self._event(event)
        if listener is None:

            def decorate(fn: ListenerT) -> ListenerT:
                self._add(event, fn, once)
                return fn

            return decorate
        if not callable(listener):
            raise TypeError(f"the listener is not callable: {listener!r}")
        entry = _Entry(listener, once)
        # Listed first: a library that has the registration may emit to it at once.
        self._listeners.setdefault(event, []).append(entry)
        try:
            self._hear(event)
        except BaseException:
            self._listeners[event].remove(entry)
            raise
        return self

    def _remove(self, event: str, entry: _Entry) -> None:
        entries = self._listeners.get(event)
        if entries is None or entry not in entries:
            return
        entries.remove(entry)
        if not entries and event != self._always:
            # Whether anybody listens makes a difference to the library (`error`, `data`, `readable`).
            key = self._keys.pop(event, None)
            if key is not None:
                binding = self._bindings[event]
                binding.off(self._handle, binding.thunk, key)

    def _hear(self, event: str) -> None:
        if event in self._keys:
            return
        binding = self._bindings[event]
        key = hold((weakref.ref(self), event))
        self._keys[event] = key
        result = binding.on(self._handle, binding.thunk, key, DROP)
        if result < 0:
            self._keys.pop(event, None)
            check(result)

    def _emit(self, event: str, args: tuple[object, ...]) -> None:
        entries = self._listeners.get(event)
        if not entries:
            return
        call = self._loop._call
        if len(entries) == 1 and not entries[0].once:
            call(entries[0].fn, args)
        else:
            for entry in tuple(entries):
                if entry.once:
                    self._remove(event, entry)
                call(entry.fn, args)

    # ---- life ----
    def _opened(self) -> None:
        self._open = True
        self._loop._pinned[self._handle] = self

    def _moved(self) -> None:
        """Another loop has what this was: no event will come any more."""
        self._open = False
        self._loop._pinned.pop(self._handle, None)

    def _emit_close(self, args: tuple[object, ...]) -> None:
        """`close`, after which only the program holds the object, unless a listener opened it again."""
        self._open = False
        self._emit("close", args)
        if not self._open:
            self._loop._pinned.pop(self._handle, None)
