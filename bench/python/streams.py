"""streams.py nodenet|asyncio [uvloop]: an echo server with coroutines."""

import asyncio
import sys

import nodenet
from nodenet import aio

LIMIT = 65536


async def with_nodenet() -> None:
    async def serve(stream: aio.Stream) -> None:
        try:
            while chunk := await stream.read(LIMIT):
                await stream.write(chunk)
        except OSError:
            pass

    server = await aio.start_server(serve, 0, "127.0.0.1", backlog=4096, no_delay=True)
    address = server.address()
    assert isinstance(address, nodenet.Address)
    print(f"listening on 127.0.0.1:{address.port}", flush=True)
    await server.serve_forever()


async def with_asyncio() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while chunk := await reader.read(LIMIT):
                writer.write(chunk)
                await writer.drain()
        except ConnectionError:
            pass
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=4096)
    print(f"listening on 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


main = with_nodenet() if sys.argv[1] == "nodenet" else with_asyncio()
if "uvloop" in sys.argv:
    import uvloop

    uvloop.run(main)
else:
    asyncio.run(main)
