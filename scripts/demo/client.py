"""client.py HOST PORT | PATH: sends standard input through a socket of Python's and prints what comes back."""

import socket
import sys
import threading


def main() -> None:
    if len(sys.argv) == 3:
        peer = socket.create_connection((sys.argv[1], int(sys.argv[2])))
    else:
        peer = socket.socket(socket.AF_UNIX)
        peer.connect(sys.argv[1])

    def send() -> None:
        peer.sendall(sys.stdin.buffer.read())
        peer.shutdown(socket.SHUT_WR)

    # Beside the reading, for a server may stop reading when its answers are not taken.
    sender = threading.Thread(target=send)
    sender.start()
    while data := peer.recv(65536):
        sys.stdout.buffer.write(data)
    sender.join()
    peer.close()


main()
