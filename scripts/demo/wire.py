"""wire.py SENT RECEIVED: shows what went over the wire, the first bytes of it and a digest if it is long."""

import hashlib
import pathlib
import sys

SHOWN = 16


def line(arrow: str, word: str, data: bytes) -> str:
    head = data[:SHOWN]
    text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in head)
    more = " ..." if len(data) > SHOWN else ""
    digest = f"  sha256 {hashlib.sha256(data).hexdigest()[:16]}" if len(data) > SHOWN else ""
    return f"  {arrow} {word:<8} {len(data):>8} bytes  {head.hex(' '):<{3 * SHOWN - 1}}  |{text}|{more}{digest}"


def main() -> None:
    sent, received = (pathlib.Path(name).read_bytes() for name in sys.argv[1:3])
    print(line(">", "sent", sent))
    print(line("<", "received", received))


main()
