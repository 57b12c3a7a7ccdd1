"""A trace as data: what happened, and every property of whom it happened to, not only those that changed."""

from dataclasses import dataclass, field

Properties = dict[str, str]
# What the objects of a scenario are called, but for what servers accept.
NAMES = "ABCDabcdxyzlm"


@dataclass
class Entry:
    """One line."""

    head: str
    # The objects whose properties the line tells, and all of them as they then were.
    told: dict[str, Properties] = field(default_factory=dict)

    @property
    def words(self) -> list[str]:
        """The words of what happened."""
        return self.head.split(" ")

    @property
    def subject(self) -> str:
        """Whom it happened to; empty for a step or the end of the loop."""
        words = self.words
        if words[0] in ("do", "last"):
            return words[1].rpartition(".")[0] if words[0] == "do" else words[1]
        return words[0] if words[0][0].isalpha() and words[0].split(".")[0] in NAMES else ""

    @property
    def of_server(self) -> bool:
        """It happened to a server."""
        return len(self.subject) == 1 and self.subject.isupper()

    @property
    def event(self) -> str:
        """The name of the event or of the action; `step`, `loop`, `last`, `uncaught`, `crash`."""
        words = self.words
        if words[0] == "do":
            return "do " + words[1].rpartition(".")[2]
        return words[1] if self.subject and words[0] != "last" else words[0]


def expand(lines: list[str]) -> list[Entry]:
    """Lines to entries."""
    now: dict[str, Properties] = {}
    found = []
    for line in lines:
        head, bar, rest = line.partition(" | ")
        entry = Entry(head)
        subject = entry.subject
        if subject and not head.endswith("-> absent"):
            parts = rest.split(" ; ") if bar and entry.event == "connection" else [rest]
            names = [subject, entry.words[-1]] if entry.event == "connection" else [subject]
            for name, part in zip(names, parts):
                changes = dict(word.split("=", 1) for word in part.split(" ") if "=" in word)
                now[name] = {**now.get(name, {}), **changes}
                entry.told[name] = dict(now[name])
        found.append(entry)
    return found


def compress(entries: list[Entry]) -> list[str]:
    """Entries to lines, for whoever reads them."""
    now: dict[str, Properties] = {}
    found = []
    for entry in entries:
        parts = []
        for name, properties in entry.told.items():
            before = now.get(name, {})
            parts.append(" ".join(f"{key}={value}" for key, value in properties.items() if before.get(key) != value))
            now[name] = properties
        text = " ; ".join(parts)
        found.append(f"{entry.head} | {text}" if text.strip(" ;") else entry.head)
    return found
