"""Which situations scenarios reach: every event with every action inside it, every error code, every property value."""

from collections import Counter
from dataclasses import dataclass, field

from maker import GENERAL, SERVER_ACTIONS, SERVER_EVENTS, SOCKET_EVENTS
from traces import expand

# Properties with few values.
_COUNTED = ("readyState", "errored", "readableFlowing", "writableCorked", "writableNeedDrain", "localFamily")


@dataclass
class Coverage:
    """Counts over many traces of Node."""

    events: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)

    def add(self, lines: list[str]) -> None:
        """One trace."""
        inside = ""
        for entry in expand(lines):
            event = entry.event
            side = "server" if entry.of_server else "socket"
            if event.startswith("do "):
                if not entry.head.endswith("-> absent"):
                    self.pairs[(inside, f"{side} {event[3:]}")] += 1
                if " -> throws " in entry.head:
                    self.errors[f"throws {entry.head.rpartition(' ')[2]}"] += 1
                continue
            inside = f"{side} {event}" if entry.subject else event
            if event in ("loop", "uncaught", "too", "stuck", "crash"):
                self.ends[" ".join(entry.words[:2])] += 1
            if event == "last" or not entry.subject:
                continue
            self.events[inside] += 1
            for word in entry.words:
                if word.startswith("code="):
                    self.errors[f"{event} {word[5:]}"] += 1
            for properties in entry.told.values():
                for key in _COUNTED:
                    if key in properties:
                        self.values[f"{key}={properties[key]}"] += 1

    def report(self) -> str:
        """What occurred, and what never did."""
        verbs = {f"socket {key.split(' ')[0]}" for key in GENERAL} | {
            f"server {key.split(' ')[0]}" for key in SERVER_ACTIONS
        }
        events = [f"socket {key}" for key in SOCKET_EVENTS] + [f"server {key}" for key in SERVER_EVENTS] + ["step"]
        lines = []
        for title, counter in (
            ("ends", self.ends), ("events", self.events), ("errors", self.errors), ("values", self.values),
        ):  # fmt: skip
            lines.append(f"{title}: " + ", ".join(f"{key} {count}" for key, count in counter.most_common()))
        never = [event for event in events if event != "step" and not self.events[event]]
        lines.append(f"events that never occurred: {', '.join(never) or 'none'}")
        missing = 0
        for event in events:
            absent = sorted(verb for verb in verbs if not self.pairs[(event, verb)])
            missing += len(absent)
            if absent:
                lines.append(f"never inside {event}: {', '.join(absent)}")
        lines.append(f"{len(events) * len(verbs) - missing} of {len(events) * len(verbs)} pairs of event and action")
        return "\n".join(lines)
