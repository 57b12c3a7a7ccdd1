import sys

import nodenet


def on_connection(socket):
    def on_data(data):
        if not socket.write(data):  # False: wait for drain
            socket.pause()

    socket.on("data", on_data)
    socket.on("drain", socket.resume)
    socket.on("error", print)  # the socket closes by itself


port = int(sys.argv[1]) if len(sys.argv) > 1 else 7000
server = nodenet.create_server(on_connection)
server.listen(port)
print("listening on port", server.address().port, flush=True)
nodenet.run()  # until nothing is left, or an error that nobody listens for
