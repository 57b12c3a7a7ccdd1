"""A chat in asyncio: what one says, all others hear. `python3 chat_server.py [PORT]`, then `nc localhost PORT`."""

from __future__ import annotations

import asyncio
import contextlib
import sys

from nodenet import aio

# Who has not read more than this behind the others is too slow, and has to go.
TOO_MUCH = 1024 * 1024


async def talk(stream: aio.Stream, everybody: set[aio.Stream]) -> None:
    async with stream:
        await stream.write(b"Your name? ")
        name = (await stream.readline()).strip()
        if not name:
            return
        everybody.add(stream)
        try:
            say(everybody - {stream}, name + b" is here\n")
            while line := await stream.readline():
                say(everybody - {stream}, name + b": " + line)
        except (OSError, ValueError):
            pass  # gone, or a line without an end
        finally:
            everybody.discard(stream)
            say(everybody, name + b" is gone\n")


def say(to: set[aio.Stream], line: bytes) -> None:
    for stream in to:
        if stream.socket.writable_length > TOO_MUCH:
            stream.destroy()
        elif not stream.socket.writable_ended and not stream.socket.destroyed:
            stream.write(line)


async def main() -> None:
    everybody: set[aio.Stream] = set()
    tasks: set[asyncio.Task[None]] = set()
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 7000
    async with aio.listen(port, "localhost") as server:
        print("listening on port", server.port, flush=True)
        async for stream in server:
            task = asyncio.create_task(talk(stream, everybody))
            tasks.add(task)
            task.add_done_callback(tasks.discard)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
