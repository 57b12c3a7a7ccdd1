"""Something that coroutines of asyncio wait for, and that happens again and again."""

from __future__ import annotations

import asyncio


class Gate:
    """`wait` waits for the next `open`. Whoever comes back looks whether it is what it waited for."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    async def wait(self) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        try:
            await future
        finally:
            if future in self._waiting:
                self._waiting.remove(future)

    @property
    def is_awaited(self) -> bool:
        return bool(self._waiting)

    def open(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            # One that was cancelled is done.
            if not future.done():
                future.set_result(None)
