"""Asks a server one line and prints what it answers: `python3 ask.py PORT QUESTION`."""

from __future__ import annotations

import asyncio
import sys

from nodenet import aio

# For the name, the connection and the answer together.
SECONDS = 5


async def ask(port: int, question: str) -> str:
    async with aio.connect(port, "localhost", no_delay=True) as stream:
        await stream.write(question.encode() + b"\n")
        return (await stream.readline()).decode()


async def main() -> int:
    try:
        print(await asyncio.wait_for(ask(int(sys.argv[1]), sys.argv[2]), SECONDS), end="")
    except asyncio.TimeoutError:
        print("no answer", file=sys.stderr)
        return 1
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
