"""What examples/proxy has beyond passing on."""

import socket
import threading
from pathlib import Path

import harness
import proxies


def test_counting(path: Path) -> None:
    sent = harness.pattern(3 << 20)
    with proxies.target() as server, proxies.proxying(path, server, "--count") as program:
        port = program.port()
        with harness.connect(port) as client:

            def send() -> None:
                client.sendall(sent)
                client.shutdown(socket.SHUT_WR)

            writer = threading.Thread(target=send)
            writer.start()
            peer, _ = server.accept()
            with peer:
                assert harness.receive_to_end(peer) == sent
                peer.sendall(b"thanks")
            assert harness.receive_to_end(client) == b"thanks"
            writer.join()
        assert program.line() == f"carried {len(sent) + 6} bytes"
        program.stop()


harness.main(globals())
