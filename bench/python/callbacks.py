"""An echo server with nodenet's events."""

import nodenet


def connection(socket: nodenet.Socket) -> None:
    def data(chunk: bytes) -> None:
        if not socket.write(chunk):
            socket.pause()

    socket.on("data", data)
    socket.on("drain", socket.resume)
    socket.on("error", lambda error: None)


def listening() -> None:
    address = server.address()
    assert isinstance(address, nodenet.Address)
    print(f"listening on 127.0.0.1:{address.port}", flush=True)


server = nodenet.create_server(connection, no_delay=True)
server.on("listening", listening)
server.listen(0, "127.0.0.1", backlog=4096)
nodenet.run()
