"""Something that coroutines of asyncio wait for, and that happens again and again."""

from __future__ import annotations

import asyncio


class Gate:
    """`wait` waits for the next `open`. Whoever comes back looks whether it is what it waited for."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    def wait(self) -> asyncio.Future[None]:
        """To be awaited at once."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._waiting:
            # Those who were cancelled no longer wait.
            self._waiting = [one for one in self._waiting if not one.done()]
        self._waiting.append(future)
        return future

    def open(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)
