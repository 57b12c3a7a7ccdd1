"""What all measurements are given."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from servers import OURS, RAW, Server


@dataclass(frozen=True)
class Settings:
    # Shorter and fewer runs, for a look; what is published is never quick.
    quick: bool
    # Raw epoll first, as far as they are there.
    servers: Sequence[Server]
    # A Python with uvloop.
    python: Path | None

    def among(self, *names: str) -> list[Server]:
        """Those of the servers, in the order of the names."""
        return [server for name in names for server in self.servers if server.name == name]

    @property
    def ours(self) -> Server:
        return self.among(OURS)[0]

    @property
    def raw(self) -> Server:
        return self.among(RAW)[0]
