"""A scenario as data: what the generator makes, and what the shrinker takes apart. The text is that of LANGUAGE.md."""

from dataclasses import dataclass, field


@dataclass
class Rule:
    """`at 0` or `on a data 2`, and what is done then."""

    head: str
    actions: list[str] = field(default_factory=list)

    @property
    def step(self) -> int | None:
        """The number of the step, if it is one."""
        words = self.head.split()
        return int(words[1]) if words[0] == "at" else None


@dataclass
class Scenario:
    """Objects and rules, in the order of the text."""

    seed: int
    objects: list[str] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)

    def text(self, label: int | None = None) -> str:
        """The text, under another number if a label is given."""
        lines = [f"scenario {self.seed if label is None else label}", *self.objects]
        lines += [f"{rule.head}: {'; '.join(rule.actions)}" for rule in self.rules if rule.actions]
        return "\n".join([*lines, "done", ""])

    def copy(self) -> "Scenario":
        """One that can be changed without changing this."""
        return Scenario(self.seed, list(self.objects), [Rule(rule.head, list(rule.actions)) for rule in self.rules])


def parse(text: str) -> list[Scenario]:
    """The scenarios of a text."""
    found: list[Scenario] = []
    for line in text.splitlines():
        word = line.split(" ", 1)[0]
        if word == "scenario":
            found.append(Scenario(int(line.split()[1])))
        elif word in ("server", "client", "bound", "list"):
            found[-1].objects.append(line)
        elif word in ("at", "on"):
            head, actions = line.split(": ", 1)
            found[-1].rules.append(Rule(head, actions.split("; ")))
        elif line not in ("", "done") and not line.startswith("#"):
            raise ValueError(f"no statement: {line}")
    return found
