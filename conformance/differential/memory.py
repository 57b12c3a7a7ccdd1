"""A runner as it played before: what it did with a scenario is kept, and it is asked only for what is not there."""

import hashlib
import json
import threading
from dataclasses import dataclass, field
from pathlib import Path

from normalise import normalise
from players import Player
from scenario import Scenario

Plays = list[list[str]]


class Memory:
    """The traces of a runner by scenario and tick, in the order in which they were asked for."""

    def __init__(self, player: Player, file: Path | None = None, sources: tuple[Path, ...] = ()) -> None:
        self.player = player
        self.file = file
        # Another runner may trace another way: then nothing that was kept is worth anything.
        text = b"".join(source.read_bytes() for source in sources)
        self.version = hashlib.sha256(repr(player.command).encode() + text).hexdigest()
        self.plays: dict[str, dict[str, Plays]] = {}
        self.lock = threading.Lock()
        if file and file.exists():
            kept = json.loads(file.read_text())
            if kept["version"] == self.version:
                self.plays = kept["plays"]

    def save(self) -> None:
        """Keeps all for the next time."""
        if not self.file:
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(json.dumps({"version": self.version, "plays": self.plays}))

    def known(self, scenario: Scenario, tick: int) -> Plays:
        """What was played so far."""
        return self.plays.setdefault(scenario.text(), {}).setdefault(str(tick), [])

    def play(self, scenarios: list[Scenario], tick: int, number: int = 0) -> Plays:
        """The traces of the time `number` (0 is the first) that these are played."""
        missing = [scenario for scenario in scenarios if len(self.known(scenario, tick)) <= number]
        if missing:
            played = self.player.play(missing, tick)
            with self.lock:
                for scenario, trace in zip(missing, played):
                    self.known(scenario, tick).append(trace)
        return [self.known(scenario, tick)[number] for scenario in scenarios]

    def seen(self, scenario: Scenario) -> list[list[str]]:
        """Everything that was seen, whatever the tick, as the comparison sees it."""
        with self.lock:
            kept = [trace for plays in self.plays.get(scenario.text(), {}).values() for trace in plays]
        found: list[list[str]] = []
        for trace in map(normalise, kept):
            if trace not in found:
                found.append(trace)
        return found


@dataclass(frozen=True)
class Remembered(Player):
    """One who plays from a memory, from its beginning."""

    memory: Memory
    asked: dict[tuple[int, str], int] = field(default_factory=dict)

    def play(self, scenarios: list[Scenario], tick: int = 2) -> Plays:
        """As the runner does."""
        traces = []
        for scenario in scenarios:
            key = (tick, scenario.text())
            number = self.asked.get(key, 0)
            self.asked[key] = number + 1
            traces += self.memory.play([scenario], tick, number)
        return traces


def remembered(memory: Memory) -> Remembered:
    """A player from the beginning of a memory."""
    return Remembered(memory.player.name, memory.player.command, memory)
